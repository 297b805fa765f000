import { ConfigurationError } from "../errors/configuration-error.ts";
import { isSecureUrl } from "../http/loopback.ts";
import type { TokenPlacement } from "../tokens/token-placement.ts";
import { tokenPlacementProblems } from "../provider-problems.ts";
import { ownFields } from "../options/own-fields.ts";
import { unknownFields } from "../options/unknown-fields.ts";
import { type ExpiredToken, expiredTokenProblems } from "../tokens/expired-token.ts";
import type { TokenRecord } from "../tokens/token-record.ts";
import type { TokenStore } from "../tokens/token-store.ts";
import type { Token } from "../tokens/token.ts";
import { retriesProblems } from "../requests/retry-budget.ts";
import type { OnTokenUpdate } from "../refresh/refreshed-token.ts";

/**
 * What a session does with an expired token: `"auto"` refreshes, awaits the save and sends the request;
 * `"notify"` refreshes and throws `TokenUpdated` instead of sending; `"manual"` throws `TokenExpiredError`
 * before anything is sent.
 */
export type RefreshStyle = "auto" | "notify" | "manual";

/** Options of a session. */
export interface SessionOptions {
  /**
   * Saves a refreshed token: called with the new token and the one that it replaces, and awaited before any request is
   * sent with it. If it throws, the request fails with `TOKEN_UPDATE_FAILED`, and the next request saves first.
   */
  readonly onTokenUpdate?: OnTokenUpdate;
  /**
   * Gets a new token in place of an expired one that has no refresh token, for example by a token exchange. It is called
   * once for all requests that wait, and its token is saved as after a refresh. Tokens of the client credentials grant do
   * not need it, nor do sessions that get their own tokens.
   */
  readonly renew?: (expired: Token) => Promise<Token>;
  /**
   * What to do with an expired token; see {@link RefreshStyle}.
   *
   * @defaultValue `"auto"`
   */
  readonly refresh?: RefreshStyle;
  /**
   * Seconds before its expiry at which a token is refreshed: at most half its life, and up to a fifth less at random, so
   * that tokens which expire together are not refreshed together.
   *
   * @defaultValue `60`
   */
  readonly leeway?: number;
  /**
   * Where the token goes in a request.
   *
   * @defaultValue the client's choice
   */
  readonly tokenPlacement?: TokenPlacement;
  /**
   * How many times a transient failure is retried; see the client's option.
   *
   * @defaultValue the client's choice
   */
  readonly retries?: number | false;
  /**
   * Which answers of the API say that the token has expired.
   *
   * @defaultValue the provider's choice: a 401, unless its challenge names another error (RFC 6750 §3.1)
   */
  readonly expiredToken?: ExpiredToken;
  /** Origins beyond the provider's API that may receive the token, for example `https://uploads.example.com`. */
  readonly allowedOrigins?: readonly string[];
}

/** Options of a session whose token is kept in a store. */
export interface StoredSessionOptions extends SessionOptions {
  /** Where the token is kept. Each refresh is done under the store's lock and saved there. */
  readonly store: TokenStore;
  /**
   * The record's name in the store: one for each user and provider, and for each tenant where a user has several.
   * It is used as it is, so two clients with the same store need different keys.
   */
  readonly key: string;
  /** The token of a new sign-in. It is saved first, over whatever is stored. */
  readonly token?: Token | TokenRecord;
}

/** The names of a session's options. */
export const SESSION_OPTIONS: ReadonlySet<string> = new Set([
  "onTokenUpdate",
  "renew",
  "refresh",
  "leeway",
  "tokenPlacement",
  "allowedOrigins",
  "retries",
  "expiredToken",
]);
const STORE_METHODS = ["get", "compareAndSet", "delete", "withLock", "check", "close"] as const;
const STYLES: readonly unknown[] = [undefined, "auto", "notify", "manual"];

/**
 * Checks a session's options and returns them without what `Object.prototype` may add.
 *
 * @param method - The method that they were passed to, for the error.
 * @throws ConfigurationError that lists every problem.
 */
export function checkedSessionOptions(
  method: string,
  provider: string,
  given: SessionOptions,
): SessionOptions {
  const options = ownFields(given);
  const { onTokenUpdate, renew, refresh, leeway, tokenPlacement, allowedOrigins } = options;
  const problems = unknownFields(options, SESSION_OPTIONS, "");
  if (onTokenUpdate !== undefined && typeof onTokenUpdate !== "function") {
    problems.push("onTokenUpdate must be a function");
  }
  if (renew !== undefined && typeof renew !== "function") {
    problems.push("renew must be a function");
  }
  if (!STYLES.includes(refresh)) problems.push('refresh must be "auto", "notify" or "manual"');
  if (leeway !== undefined && !(typeof leeway === "number" && leeway >= 0)) {
    problems.push("leeway must be a number of seconds, 0 or more");
  }
  problems.push(...tokenPlacementProblems(tokenPlacement));
  problems.push(...retriesProblems(options.retries));
  problems.push(...expiredTokenProblems(options.expiredToken));
  if (allowedOrigins !== undefined) problems.push(...originProblems(allowedOrigins));
  if (problems.length > 0) throw new ConfigurationError(method, problems, provider);
  return options;
}

/** @throws ConfigurationError when there is no store to work with, or no key. */
export function checkStore(
  method: string,
  provider: string,
  { store, key }: StoredSessionOptions,
): void {
  const problems: string[] = [];
  const methods = (store ?? {}) as unknown as Record<string, unknown>;
  const missing = STORE_METHODS.filter((name) => typeof methods[name] !== "function");
  if (missing.length > 0) {
    problems.push(`store must be a TokenStore; it has no ${missing.join("(), ")}()`);
  }
  if (typeof key !== "string" || key === "") {
    problems.push("key must be a string that names the record, for example the user's ID");
  }
  if (problems.length > 0) throw new ConfigurationError(method, problems, provider);
}

function originProblems(origins: unknown): string[] {
  if (!Array.isArray(origins)) return ["allowedOrigins must be an array of origins"];
  return origins.flatMap((origin, index) => {
    const url = typeof origin === "string" && URL.canParse(origin) ? new URL(origin) : undefined;
    return url && isSecureUrl(url) && url.origin === (origin as string).replace(/\/$/, "")
      ? []
      : [`allowedOrigins[${index}] must be an https origin, for example "https://api.example.com"`];
  });
}

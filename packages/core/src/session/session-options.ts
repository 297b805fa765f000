import { ConfigurationError } from "../errors/configuration-error.ts";
import { isSecureUrl } from "../http/loopback.ts";
import type { TokenPlacement } from "../http/token-placement.ts";
import { tokenPlacementProblems, unknownFields } from "../provider-problems.ts";
import type { OnTokenUpdate } from "./refresh-registry.ts";

/**
 * What a session does with an expired token: `"auto"` refreshes, awaits the save and sends the request;
 * `"notify"` refreshes and throws `TokenUpdated` instead of sending; `"manual"` throws `TokenExpiredError`
 * before anything is sent.
 */
export type RefreshStyle = "auto" | "notify" | "manual";

/** What a session can be given. */
export interface SessionOptions {
  /**
   * Saves a token that was refreshed: called with the new one and the one that it replaces, and awaited before any
   * request goes on. If it throws, requests fail with `TOKEN_UPDATE_FAILED` and the next one tries again.
   */
  readonly onTokenUpdate?: OnTokenUpdate;
  /**
   * What to do with an expired token.
   *
   * @defaultValue `"auto"`
   */
  readonly refresh?: RefreshStyle;
  /**
   * Seconds before its end at which a token is refreshed; never more than half its life.
   *
   * @defaultValue `60`
   */
  readonly leeway?: number;
  /**
   * Where the token goes.
   *
   * @defaultValue the client's choice
   */
  readonly tokenPlacement?: TokenPlacement;
  /** Origins beyond the provider's API that may receive the token, for example `https://uploads.example.com`. */
  readonly allowedOrigins?: readonly string[];
}

const OPTIONS = new Set(["onTokenUpdate", "refresh", "leeway", "tokenPlacement", "allowedOrigins"]);
const STYLES: readonly unknown[] = [undefined, "auto", "notify", "manual"];

/** @throws ConfigurationError that lists every problem. */
export function checkSessionOptions(provider: string, options: SessionOptions): void {
  const { onTokenUpdate, refresh, leeway, tokenPlacement, allowedOrigins } = options;
  const problems = unknownFields(options, OPTIONS, "");
  if (onTokenUpdate !== undefined && typeof onTokenUpdate !== "function") {
    problems.push("onTokenUpdate must be a function");
  }
  if (!STYLES.includes(refresh)) problems.push('refresh must be "auto", "notify" or "manual"');
  if (leeway !== undefined && !(typeof leeway === "number" && leeway >= 0)) {
    problems.push("leeway must be a number of seconds, 0 or more");
  }
  problems.push(...tokenPlacementProblems(tokenPlacement));
  if (allowedOrigins !== undefined) problems.push(...originProblems(allowedOrigins));
  if (problems.length > 0) throw new ConfigurationError("session()", problems, provider);
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

import type { Clock } from "../clock.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { Redactor } from "../errors/redaction.ts";
import { Deadline } from "../http/deadline.ts";
import type { DescribedApi } from "../http/api-headers.ts";
import type { RetryBudget } from "../http/retry-budget.ts";
import type { Transport } from "../http/transport.ts";
import type { Token } from "../tokens/token.ts";
import type { Authorization, Authorizer } from "./authorizer.ts";

/** Decides which URLs may receive the authorization. */
export interface RequestOrigins {
  /** Resolves and checks the URL of an authorized request. */
  resolve(url: string, extra: ReadonlySet<string> | undefined): URL;
  /** Resolves the URL of a request that is not authorized. */
  resolveUnguarded(url: string): URL;
  /** Whether a URL is at one of the provider's own origins. */
  isOwn(url: URL): boolean;
  /** Whether a URL can be resolved only with a token; absent where none needs one. */
  needsToken?(url: string, withheld: boolean): boolean;
  /** Moves a URL from where one token belongs to where the next does; absent where all belong to the same place. */
  moved?(url: URL, before: Token, after: Token): URL;
}

/** What the sessions of one client share for sending requests. */
export interface RequestContext {
  /** The client's parts and options. */
  readonly client: {
    /** The provider whose API is called. */
    readonly provider: DescribedApi;
    /** Loads axios. */
    readonly transport: Transport;
    /** The clock. */
    readonly clock: Clock;
    /** Random numbers from 0 to less than 1, for jitter; never for secrets. */
    readonly random: () => number;
    /** The client's `retries` option. */
    readonly retries: number | false | undefined;
    /** The time limit of a request to the API, in milliseconds. */
    readonly apiTimeout: number;
  };
  /** Limits the retries of all requests together. */
  readonly retryBudget: RetryBudget;
  /** The allowed origins. */
  readonly origins: RequestOrigins;
  /** The client's `fetch` option; undefined for the platform's. */
  readonly fetch: typeof globalThis.fetch | undefined;
}

/** A session, as far as sending its requests needs it. */
export interface RequestSender {
  /** What the session shares with the others of its client. */
  readonly context: RequestContext;
  /** Authorizes the session's requests. */
  readonly authorizer: Authorizer;
  /** The session's `allowedOrigins`. */
  readonly allowedOrigins: ReadonlySet<string> | undefined;
  /** The session's `retries` option; undefined for the client's. */
  readonly retries: number | false | undefined;
}

/** Resolves and checks the URL of a request. */
export function targetOf(session: RequestSender, url: string, withheld: boolean): URL {
  const { origins } = session.context;
  if (withheld) return origins.resolveUnguarded(url);
  const target = origins.resolve(url, session.allowedOrigins);
  session.authorizer.checkTarget(target);
  return target;
}

/**
 * Waits for the token that a request's URL depends on, within the request's time limit; undefined, at once, for nearly every
 * request.
 *
 * @throws OAuthError; the caller's reason when the caller aborts.
 */
export function tokenForTarget(
  session: RequestSender,
  url: string,
  withheld: boolean,
  timeout: unknown,
  signal: AbortSignal | null | undefined,
): Promise<unknown> | undefined {
  const { origins, client } = session.context;
  if (!origins.needsToken?.(url, withheld)) return undefined;
  const deadline = new Deadline(client.clock, timeLimitOf(session, timeout), signal);
  const usable = async (): Promise<unknown> => session.authorizer.usable(deadline.signal);
  return usable()
    .catch((error: unknown) => {
      if (error !== deadline.signal.reason || !deadline.expired) throw error;
      const message = `No token within ${deadline.milliseconds} ms. Try again, or raise the timeout.`;
      throw new OAuthError("TIMEOUT", message, { provider: client.provider.name, retryable: true });
    })
    .finally(() => deadline.clear());
}

/** Makes a redactor of the session's secrets. */
export function redactorOf({ authorizer }: RequestSender, sent?: Authorization): Redactor {
  return new Redactor([...authorizer.secrets, ...(sent?.secrets ?? [])]);
}

/**
 * The time limit of one request, in milliseconds: its own, or the client's where it has none or 0.
 *
 * @throws ConfigurationError when it is not a number of milliseconds.
 */
export function timeLimitOf({ context: { client } }: RequestSender, timeout: unknown): number {
  if (timeout === undefined || timeout === 0) return client.apiTimeout;
  if (typeof timeout === "number" && timeout > 0) return timeout;
  const problem = "timeout must be a number of milliseconds, or 0 for the client's timeout";
  throw new ConfigurationError("The request", [problem], client.provider.name);
}

/** Makes the error for an exchange that exceeded its time limit. */
export function timedOut(provider: string, url: URL, milliseconds: number): OAuthError {
  return new OAuthError(
    "TIMEOUT",
    `No complete answer from ${url.origin} within ${milliseconds} ms. Try again, or raise the timeout.`,
    { provider, retryable: true },
  );
}

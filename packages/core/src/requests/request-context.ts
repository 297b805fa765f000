import type { Clock } from "../clock.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { Redactor } from "../errors/redaction.ts";
import type { DescribedApi } from "../http/api-origins.ts";
import type { Transport } from "../http/transport.ts";
import type { Authorization, Authorizer } from "./authorizer.ts";
import type { RetryBudget } from "./retry-budget.ts";

/** Where requests may go with a credential. */
export interface RequestOrigins {
  /** The URL of a request that carries the credential, checked. */
  resolve(url: string, extra: ReadonlySet<string> | undefined): URL;
  /** The URL of a request that carries none. */
  resolveUnguarded(url: string): URL;
  /** Whether a URL is at one of the provider's own origins. */
  isOwn(url: URL): boolean;
}

/** What all sessions of one client share for sending requests. */
export interface RequestContext {
  /** How requests are sent. */
  readonly client: {
    /** Whose API it is. */
    readonly provider: DescribedApi;
    /** Loads axios. */
    readonly transport: Transport;
    /** Time. */
    readonly clock: Clock;
    /** Chance, from 0 to less than 1: for spreading load, never for secrets. */
    readonly random: () => number;
    /** Undefined: as usual. */
    readonly retries: number | false | undefined;
    /** Milliseconds for an exchange with the API. */
    readonly apiTimeout: number;
  };
  /** How many requests may be repeats. */
  readonly retryBudget: RetryBudget;
  /** Where requests may go. */
  readonly origins: RequestOrigins;
  /** Undefined: the platform's. */
  readonly fetch: typeof globalThis.fetch | undefined;
}

/** What sending a request needs to know of its session. */
export interface RequestSender {
  /** What it shares with others. */
  readonly context: RequestContext;
  /** What its requests are authorized with. */
  readonly authorizer: Authorizer;
  /** Origins beyond the provider's own. */
  readonly allowedOrigins: ReadonlySet<string> | undefined;
  /** Undefined: the client's choice. */
  readonly retries: number | false | undefined;
}

/** The URL to send a request to, checked. */
export function targetOf(session: RequestSender, url: string, withheld: boolean): URL {
  const { origins } = session.context;
  if (withheld) return origins.resolveUnguarded(url);
  const target = origins.resolve(url, session.allowedOrigins);
  session.authorizer.checkTarget(target);
  return target;
}

/** Takes this session's secrets out of what others wrote. */
export function redactorOf({ authorizer }: RequestSender, sent?: Authorization): Redactor {
  return new Redactor([...authorizer.secrets, ...(sent?.secrets ?? [])]);
}

/** The whole exchange took too long. */
export function timedOut(provider: string, url: URL, milliseconds: number): OAuthError {
  return new OAuthError(
    "TIMEOUT",
    `No complete answer from ${url.origin} within ${milliseconds} ms. Try again, or raise the timeout.`,
    { provider, retryable: true },
  );
}

import type { OAuthErrorCode } from "./errors/error-codes.ts";
import { OAuthError } from "./errors/oauth-error.ts";

/** A token endpoint granted a token: channel `grantkit:token`. */
export interface TokenGrantedEvent {
  /** The provider's name. */
  readonly provider: string;
  /** `authorization_code`, `refresh_token`, `client_credentials`, …; `oauth1_access_token` for OAuth 1.0a. */
  readonly grant: string;
  /** The granted scopes, if the response names them. */
  readonly scope: readonly string[] | undefined;
  /** The token's lifetime in seconds, if the response names it. */
  readonly expiresIn: number | undefined;
  /** Duration of the request in milliseconds. */
  readonly duration: number;
}

/** A session or `refreshToken()` refreshed a token, or failed to: channel `grantkit:refresh`. */
export interface TokenRefreshEvent {
  /** The provider's name. */
  readonly provider: string;
  /** The outcome of the refresh. */
  readonly outcome: "refreshed" | "failed";
  /** The error's code; undefined when the refresh succeeded, or when a hook of yours threw. */
  readonly code: OAuthErrorCode | undefined;
  /** Whether the failure is transient; after any other the user has to sign in again. */
  readonly retryable: boolean;
  /** Duration in milliseconds. */
  readonly duration: number;
}

/** A session sent one request to the API; each retry and each redirect is an event: channel `grantkit:request`. */
export interface ApiRequestEvent {
  /** The provider's name. */
  readonly provider: string;
  /** In upper case. */
  readonly method: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /**
   * The path without the query, which may hold secrets and personal data. Undefined for a request to another origin than
   * the provider's API and `allowedOrigins`: the path of such a link is often a secret itself.
   */
  readonly path: string | undefined;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** The response's status; undefined when there was no response. */
  readonly status: number | undefined;
  /** Why there was no response: the network's error code, for example `ECONNRESET`, or `TIMEOUT`, `ABORTED` and the like. */
  readonly code: string | undefined;
  /** Milliseconds until the response or the failure. */
  readonly duration: number;
}

/**
 * A session or a token request threw an `OAuthError`: channel `grantkit:error`. An error that is thrown several times, as
 * the lasting refusal of a refresh token is, is published once.
 */
export interface OAuthErrorEvent {
  /** The provider's name. */
  readonly provider: string;
  /** The error's code. */
  readonly code: OAuthErrorCode;
  /** The error's message, which holds no secret. */
  readonly message: string;
}

/**
 * Something is wrong that no call failed for: channel `grantkit:warning`. A part of a token response was not used, the ID
 * token of a refresh could not be verified, this machine's clock is wrong (`CLOCK_SKEW`, once for each client), or
 * credentials travel over plain http, as the provider's definition allows (`INSECURE_HTTP`, once for each client).
 */
export interface WarningEvent {
  /** The provider's name. */
  readonly provider: string;
  /** What is wrong, by the code that an error about it has. */
  readonly code: OAuthErrorCode;
  /** What is wrong and what to do, in a sentence that holds no secret. */
  readonly message: string;
  /** The field or the claim, or the `seconds` by which this machine's clock is ahead. */
  readonly details: OAuthError["details"] | undefined;
}

/** How much of one rate limit of an API is used. */
export interface ApiUsage {
  /** Which limit, by the provider's name for it: `core`, `graphql`, `app`, …. */
  readonly limit: string;
  /** Percent; calls are refused at 100. */
  readonly percent: number;
  /** Whose limit, where a provider counts by account: the ID of a business. */
  readonly id?: string | undefined;
  /** The kind of calls that are counted, for example `pages`. */
  readonly type?: string | undefined;
  /** Seconds until calls succeed again, or until the count begins anew, where the response names them. */
  readonly secondsToReset?: number | undefined;
}

/** A response of the API says how much of its rate limits is used: channel `grantkit:usage`. */
export interface ApiUsageEvent {
  /** The provider's name. */
  readonly provider: string;
  /** The path of the request, without the query. */
  readonly path: string;
  /** The version of the API that served the request, where the response names it. */
  readonly version: string | undefined;
  /** The limits that the response names; never empty. */
  readonly usage: readonly ApiUsage[];
}

/** The events by their channel of Node's `diagnostics_channel`. */
export interface GrantkitEvents {
  /** A token was granted. */
  readonly "grantkit:token": TokenGrantedEvent;
  /** A token was refreshed, or could not be. */
  readonly "grantkit:refresh": TokenRefreshEvent;
  /** A request to the API ended. */
  readonly "grantkit:request": ApiRequestEvent;
  /** A call failed. */
  readonly "grantkit:error": OAuthErrorEvent;
  /** Something is wrong, and no call failed for it. */
  readonly "grantkit:warning": WarningEvent;
  /** A response named the usage of rate limits. */
  readonly "grantkit:usage": ApiUsageEvent;
}

/** The part of a Node `diagnostics_channel` that is used. */
interface Channel {
  readonly hasSubscribers: boolean;
  publish(message: unknown): void;
}

const channels = new Map<string, Channel>();

function channelOf(name: string): Channel | undefined {
  const known = channels.get(name);
  if (known) return known;
  if (typeof process !== "object" || typeof process.getBuiltinModule !== "function") {
    return undefined;
  }
  const channel = process.getBuiltinModule("node:diagnostics_channel").channel(name);
  channels.set(name, channel);
  return channel;
}

/** Whether a channel has a subscriber. */
export function isWatched(name: keyof GrantkitEvents): boolean {
  return channelOf(name)?.hasSubscribers ?? false;
}

/** Publishes an event; without a subscriber the event is not even made. */
export function publish<Name extends keyof GrantkitEvents>(
  name: Name,
  make: () => GrantkitEvents[Name],
): void {
  if (isWatched(name)) channelOf(name)?.publish(Object.freeze(make()));
}

/** Publishes how a refresh of a token ended, and passes its outcome on. */
export async function publishRefresh<Result>(
  provider: string,
  now: () => number,
  refresh: Promise<Result>,
): Promise<Result> {
  const start = now();
  const tell = (outcome: TokenRefreshEvent["outcome"], error?: unknown): void =>
    publish("grantkit:refresh", () => ({
      provider,
      outcome,
      code: OAuthError.isInstance(error) ? error.code : undefined,
      retryable: OAuthError.isInstance(error) && error.retryable,
      duration: now() - start,
    }));
  try {
    const result = await refresh;
    tell("refreshed");
    return result;
  } catch (error) {
    tell("failed", error);
    throw error;
  }
}

/** Publishes an error that was not thrown, because it cost nothing but a part of an answer. */
export function publishWarning(
  provider: string,
  { code, message, details }: Omit<WarningEvent, "provider">,
): void {
  publish("grantkit:warning", () => ({ provider, code, message, details }));
}

const told = new WeakSet<OAuthError>();

/** Publishes an OAuthError that is about to be thrown, once for each error. */
export function publishError(provider: string, error: unknown): void {
  if (!isWatched("grantkit:error") || !OAuthError.isInstance(error) || told.has(error)) return;
  told.add(error);
  const { code, message } = error;
  publish("grantkit:error", () => ({ provider, code, message }));
}

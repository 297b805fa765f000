import type { OAuthErrorCode } from "./errors/codes.ts";
import { OAuthError } from "./errors/oauth-error.ts";

/** A token endpoint granted a token: channel `grantkit:token`. */
export interface TokenGrantedEvent {
  /** The provider's name. */
  readonly provider: string;
  /** `authorization_code`, `refresh_token`, `client_credentials`, …; `oauth1_access_token` for OAuth 1.0a. */
  readonly grant: string;
  /** Scopes granted, where the answer named them. */
  readonly scope: readonly string[] | undefined;
  /** Seconds that the token lives, where the answer said so. */
  readonly expiresIn: number | undefined;
  /** Milliseconds that the request took. */
  readonly duration: number;
}

/** A session or `refreshToken()` renewed a token, or failed to: channel `grantkit:refresh`. */
export interface TokenRefreshEvent {
  /** The provider's name. */
  readonly provider: string;
  /** How it ended. */
  readonly outcome: "refreshed" | "failed";
  /** Why it failed; undefined when it did not, or when a hook of your own threw. */
  readonly code: OAuthErrorCode | undefined;
  /** Whether the failure may pass; a failure that does not means that the user has to sign in again. */
  readonly retryable: boolean;
  /** Milliseconds that it took. */
  readonly duration: number;
}

/** One request of a session's to the API, a retry or a redirect each counted: channel `grantkit:request`. */
export interface ApiRequestEvent {
  /** The provider's name. */
  readonly provider: string;
  /** In upper case. */
  readonly method: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /**
   * The path; never the query, where secrets and people's names are. Undefined where the request did not go to the
   * provider's API or an allowed origin: the path of a link to somewhere else is often what opens it.
   */
  readonly path: string | undefined;
  /** Which attempt it was, from 1. */
  readonly attempt: number;
  /** The answer's status; undefined when there was none. */
  readonly status: number | undefined;
  /** Why there was no answer: the network's word, for example `ECONNRESET`, or `TIMEOUT`, `ABORTED` and the like. */
  readonly code: string | undefined;
  /** Milliseconds until the answer, or until there was none. */
  readonly duration: number;
}

/**
 * An `OAuthError` went to a caller of a session or of a token request: channel `grantkit:error`. An error that is thrown
 * again, as one that was remembered is, is told once.
 */
export interface OAuthErrorEvent {
  /** The provider's name. */
  readonly provider: string;
  /** The error's code. */
  readonly code: OAuthErrorCode;
  /** The error's message, which holds no secret. */
  readonly message: string;
}

/** What is published, by channel. */
export interface GrantkitEvents {
  /** A token was granted. */
  readonly "grantkit:token": TokenGrantedEvent;
  /** A token was renewed, or could not be. */
  readonly "grantkit:refresh": TokenRefreshEvent;
  /** A request to the API was answered, or not. */
  readonly "grantkit:request": ApiRequestEvent;
  /** A call failed. */
  readonly "grantkit:error": OAuthErrorEvent;
}

/** The part of Node's `diagnostics_channel` that is used, where there is one. */
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

/** Whether anybody listens. */
export function isWatched(name: keyof GrantkitEvents): boolean {
  return channelOf(name)?.hasSubscribers ?? false;
}

/** Tells those who listen, if anybody does; the event is not even made otherwise. */
export function publish<Name extends keyof GrantkitEvents>(
  name: Name,
  make: () => GrantkitEvents[Name],
): void {
  if (isWatched(name)) channelOf(name)?.publish(Object.freeze(make()));
}

const told = new WeakSet<OAuthError>();

/** Tells of an error of ours on its way to a caller, the first time that it comes by. */
export function publishError(provider: string, error: unknown): void {
  if (!isWatched("grantkit:error") || !OAuthError.isInstance(error) || told.has(error)) return;
  told.add(error);
  const { code, message } = error;
  publish("grantkit:error", () => ({ provider, code, message }));
}

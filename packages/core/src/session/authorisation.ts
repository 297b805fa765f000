import { OAuthError } from "../errors/oauth-error.ts";
import { Redactor } from "../errors/redaction.ts";
import type { ProtectedRequestHookValue } from "../hooks.ts";
import { placeInUrl, type ResolvedPlacement } from "../http/token-placement.ts";
import { changedBody, formFields, placementFor, spelledOut } from "./hooked-request.ts";
import type { Token } from "../tokens/token.ts";
import { placementOf } from "./proven-request.ts";
import type { RequestingSession } from "./session-context.ts";

/** A request to the API, in the words that axios and fetch share. */
export interface OutgoingRequest {
  /** The URL without the token. */
  readonly url: URL;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A request as the hooks left it. */
export interface HookedRequest extends OutgoingRequest {
  /** Undefined where the token is left out. */
  readonly placement: ResolvedPlacement | undefined;
}

/** The URL to send a request to, checked. */
export function targetOf(session: RequestingSession, url: string, withheld: boolean): URL {
  const { origins, client } = session.context;
  if (withheld) return origins.resolveUnguarded(url);
  const target = origins.resolve(url, session.allowedOrigins);
  const { in: where, name } = session.placement;
  const field = where === "query" ? name : "access_token";
  // By its decoded name: %5F is an underscore to the server as well.
  if (target.search !== "" && target.searchParams.has(field)) {
    throw new OAuthError(
      "TOKEN_IN_URL",
      `The request's URL has ${field} in it, and the session adds the token by itself: leave it out. (URLs end up in logs; a token is put into one only by tokenPlacement: "query".)`,
      { provider: client.provider.name },
    );
  }
  return target;
}

/**
 * Whether the token may go along a redirect: to the same origin, for good otherwise, or a way back to the API would be
 * a way to choose what is called with it; and not where its place was a body that is gone.
 */
export function keepsToken(
  { placement }: RequestingSession,
  hop: { readonly sameOrigin: boolean; readonly keepBody: boolean },
): boolean {
  return hop.sameOrigin && (hop.keepBody || placement.in !== "body");
}

/** The URL as it is sent. */
export function withToken(url: URL, { in: where, name }: ResolvedPlacement, token: Token): string {
  return where === "query" ? placeInUrl(url.href, name, token.accessToken) : url.href;
}

/** A redirect's URL without a token that the server put into it. */
export function withoutToken(url: URL, token: Token | undefined): URL {
  if (!token || !url.search.includes("=")) return url;
  const clean = new URL(url);
  for (const [name, value] of url.searchParams) {
    if (value === token.accessToken) clean.searchParams.delete(name);
  }
  return clean;
}

/** What a hook threw, on its way out: the caller's own error, not the network's. */
export class HookFailure {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    this.thrown = thrown;
  }
}

/** Runs the hooks that see a request before the token is placed. */
export async function hooked(
  session: RequestingSession,
  request: OutgoingRequest,
  token: Token,
): Promise<HookedRequest> {
  const { hooks, provider } = session.context.client;
  const { url, method, headers, body } = request;
  const placement = placementOf(session, token);
  const given: ProtectedRequestHookValue = {
    url: url.href,
    method,
    headers,
    body: formFields(headers, body),
    token,
    placement: spelledOut(placement),
  };
  const seen = await hooks
    .run("protectedRequest", given, { provider: provider.name })
    .catch((error: unknown) => {
      throw new HookFailure(error);
    });
  return {
    url: new URL(seen.url),
    method: seen.method.toUpperCase(),
    headers: seen.headers,
    body,
    ...changedBody(given, seen),
    placement: placementFor(provider.name, seen, placement),
  };
}

/**
 * Whether a 401 says that the token is bad. Some APIs send no challenge, which means it as well; a challenge that
 * says something else (RFC 6750 §3.1: insufficient_scope, invalid_request) does not.
 */
export function rejectsToken(status: number, challenge: string | null | undefined): boolean {
  if (status !== 401) return false;
  const error = /\berror="?([\w-]+)/.exec(challenge ?? "")?.[1];
  return error === undefined || error === "invalid_token";
}

/** Takes this session's secrets out of what others wrote. */
export function redactorOf({ context, token }: RequestingSession, sent?: Token): Redactor {
  return new Redactor(
    [token.current, sent].flatMap((known) => [
      known?.accessToken,
      known?.refreshToken,
      known?.idToken,
      context.client.clientSecret,
    ]),
  );
}

/** The whole exchange took too long. */
export function timedOut(provider: string, url: URL, milliseconds: number): OAuthError {
  return new OAuthError(
    "TIMEOUT",
    `No complete answer from ${url.origin} within ${milliseconds} ms. Try again, or raise the timeout.`,
    { provider, retryable: true },
  );
}

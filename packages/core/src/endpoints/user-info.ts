import { codeOfStatus } from "../errors/error-codes.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { secretsOf } from "../errors/error-fields.ts";
import { providerError } from "../errors/provider-error.ts";
import { Redactor } from "../errors/redaction.ts";
import { apiHeaders } from "../http/api-origins.ts";
import { nextHop } from "../http/redirects.ts";
import { jsonOrText, tidyJson } from "../http/response-body.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import { isObject } from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";
import type { Profile } from "../profile.ts";
import type { Provider } from "../provider.ts";
import type { Token } from "../tokens/token.ts";
import { readErrorResponse } from "./error-response.ts";
import { missingEndpoint } from "./missing-endpoint.ts";

/** The part of a session that user info needs. */
export interface UserInfoSession {
  readonly token: Token;
  fetch(url: string, init: RequestInit & { readonly maxContentLength: number }): Promise<Response>;
}

/** The client whose user is asked for. */
export interface UserInfoClient {
  readonly provider: Provider;
  /** No error may have it, whatever a server repeats. */
  readonly clientSecret: string | undefined;
  /** Resolves a URL or a path of the API. */
  readonly resolve: (url: string) => URL;
  /** Gives the time in milliseconds since the epoch. */
  readonly now: () => number;
}

/** Bytes. */
const LARGEST_USER_INFO = 1024 * 1024;

/** Fields of an error response: an answer that has no others names no user. */
const ERROR_FIELD =
  /^(?:errors?|error_\w+|message|msg|status|success|ok|code|type|title|detail|details|description|instance|timestamp|path|request_?id|trace_?id)$/i;

type UserInfo = Readonly<Record<string, unknown>>;

/**
 * Fetches the user's data and compares its `sub` with the ID token's (OpenID Connect Core §5.3.2).
 *
 * @throws OAuthError: `TOKEN_REJECTED` for status 401, `RATE_LIMITED`, `SERVER_ERROR` or `API_REQUEST_FAILED` for other
 * error statuses, `NETWORK_ERROR`, `TIMEOUT`, `RESPONSE_TOO_LARGE` above 1 MiB, `REDIRECT_REFUSED` for a redirect to
 * another origin, `USER_INFO_INVALID` for a response that is no user, `SUBJECT_MISMATCH` for another user's data;
 * ConfigurationError when the provider has no user info.
 */
export async function fetchUserInfo(
  client: UserInfoClient,
  session: UserInfoSession,
): Promise<UserInfo> {
  const { provider } = client;
  const { userInfo: endpoint } = provider.endpoints;
  const get = (url: string): Promise<unknown> => read(client, session, url);
  if (!provider.userInfo && endpoint === undefined) {
    const problem = missingEndpoint(provider, "userInfo", "the provider needs endpoints.userInfo");
    throw new ConfigurationError("userInfo() and profile()", [problem], provider.name);
  }
  const raw = await (provider.userInfo ? provider.userInfo({ get }) : get(endpoint as string));
  if (!isObject(raw) || Array.isArray(raw)) throw invalid(provider, "it is not a JSON object");
  if (!tidyJson(raw)) throw invalid(provider, "it is nested too deeply");
  if (Object.keys(raw).every((name) => ERROR_FIELD.test(name))) {
    throw invalid(provider, "it is empty, or an error instead of a user");
  }
  checkSubject(provider, raw, session.token.claims?.sub);
  return raw;
}

function checkSubject(provider: Provider, raw: UserInfo, expected: string | undefined): void {
  const { sub } = ownFields(raw);
  if (sub === undefined) {
    if (!mustHaveSub(provider)) return;
    const reason =
      "it has no sub, so it may be another user's (OpenID Connect Core §5.3.2); for a provider that sends no sub, set idToken.userInfoWithoutSub";
    throw invalid(provider, reason);
  }
  if (expected === undefined || sub === expected) return;
  const details = { claim: "sub" };
  const message = `The user info of ${provider.name} is about another user than the ID token, so it was discarded.`;
  throw new OAuthError("SUBJECT_MISMATCH", message, { provider: provider.name, details });
}

/** Whether user info comes from an OpenID Connect endpoint; a function of the definition's may ask any other API. */
function mustHaveSub(provider: Provider): boolean {
  const { issuer, endpoints, idToken } = provider;
  const isOpenId = issuer !== undefined && endpoints.jwks !== undefined;
  if (!isOpenId || idToken === false || provider.userInfo) return false;
  return idToken?.userInfoWithoutSub !== true;
}

/** Fetches the user's data as the common profile. */
export async function fetchProfile(
  client: UserInfoClient,
  session: UserInfoSession,
): Promise<Profile> {
  const { provider } = client;
  const profile = provider.profile(await fetchUserInfo(client, session));
  if (typeof profile.id === "string" && profile.id !== "") return profile;
  const reason =
    "its profile has no id (a provider without OpenID Connect's sub needs a profile function that returns one)";
  throw invalid(provider, reason);
}

/** Gets a URL of the API, and reads its JSON. */
async function read(
  client: UserInfoClient,
  session: UserInfoSession,
  url: string,
): Promise<unknown> {
  const { provider, now } = client;
  const response = await send(client, session, url);
  const { status, headers } = response;
  const text = await response.text().catch((failure: unknown) => {
    if (!OAuthError.isInstance(failure) || failure.code !== "RESPONSE_TOO_LARGE") throw failure;
    const message = `The user info of ${provider.name} is larger than 1 MiB. Check endpoints.userInfo.`;
    throw new OAuthError("RESPONSE_TOO_LARGE", message, { provider: provider.name });
  });
  const data = jsonOrText(text);
  const body: UserInfo = ownFields(isObject(data) && !Array.isArray(data) ? data : {});
  const isSuccess = status >= 200 && status < 300;
  // A user may have an `error` object beside it that says "ok"; a text is an error (RFC 6750 §3).
  const isOwn = isSuccess && typeof body["error"] !== "string";
  const error = isOwn ? provider.readError?.(body) : readErrorResponse(provider, data, status);
  if (isSuccess && !error) return data;
  const { accessToken, refreshToken } = session.token;
  const told = error ?? { error: `status ${status}` };
  throw providerError(told, {
    provider: provider.name,
    what: "the request for the user",
    redactor: new Redactor([
      client.clientSecret,
      accessToken,
      refreshToken,
      ...secretsOf(data, told.error),
    ]),
    code: isSuccess ? "USER_INFO_INVALID" : codeOf(status),
    status,
    retryAfter: parseRetryAfter(headers.get("retry-after") ?? undefined, now()),
  });
}

function codeOf(status: number): OAuthError["code"] {
  return status === 401 ? "TOKEN_REJECTED" : (codeOfStatus(status) ?? "API_REQUEST_FAILED");
}

/** Sends a GET, and follows redirects within the origin alone: no other may say who the user is (Core §5.3.4). */
async function send(
  { provider, resolve }: UserInfoClient,
  session: UserInfoSession,
  path: string,
): Promise<Response> {
  const accept = new Headers(apiHeaders(provider)).get("accept") ?? "application/json";
  let url = resolve(path);
  for (let followed = 0; ; followed += 1) {
    const response = await session.fetch(url.href, {
      headers: { accept },
      redirect: "manual",
      maxContentLength: LARGEST_USER_INFO,
    });
    const { status, headers, body } = response;
    const location = headers.get("location");
    const hop = { provider: provider.name, status, location, url, followed };
    const next = nextHop({ ...hop, method: "GET", hasBody: false });
    if (!next) return response;
    await body?.cancel();
    if (!next.sameOrigin) {
      const message = `The user info of ${provider.name} redirects to ${next.url.origin}. The redirect was not followed, because another origin could name another user. Set endpoints.userInfo to the final URL.`;
      throw new OAuthError("REDIRECT_REFUSED", message, { provider: provider.name, status });
    }
    url = withoutToken(next.url, session.token);
  }
}

function invalid({ name: provider }: Provider, reason: string): OAuthError {
  const message = `The user info of ${provider} cannot be used: ${reason}.`;
  return new OAuthError("USER_INFO_INVALID", message, { provider });
}

/** Removes a token that a server repeats in its Location: the session places the token by itself. */
function withoutToken(url: URL, { accessToken }: Token): URL {
  const clean = new URL(url);
  for (const [name, value] of url.searchParams) {
    if (value === accessToken) clean.searchParams.delete(name);
  }
  return clean;
}

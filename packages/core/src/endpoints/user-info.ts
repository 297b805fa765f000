import { codeOfStatus } from "../errors/error-codes.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { secretsOf } from "../errors/error-fields.ts";
import { providerError } from "../errors/provider-error.ts";
import { Redactor } from "../errors/redaction.ts";
import { apiHeaders } from "../http/api-origins.ts";
import { DEEPEST, isDeeper, jsonOrText } from "../http/response-body.ts";
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
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

type UserInfo = Readonly<Record<string, unknown>>;

/**
 * Fetches the user's data and compares its `sub` with the ID token's (OpenID Connect Core §5.3.2).
 *
 * @param now - Gives the time in milliseconds since the epoch.
 * @throws OAuthError: `TOKEN_REJECTED` for status 401, `RATE_LIMITED`, `SERVER_ERROR` or `API_REQUEST_FAILED` for other
 * error statuses, `NETWORK_ERROR`, `TIMEOUT`, `USER_INFO_INVALID` for a response that is not an object,
 * `SUBJECT_MISMATCH` for another user's data; ConfigurationError when the provider has no user info.
 */
export async function fetchUserInfo(
  provider: Provider,
  session: UserInfoSession,
  now: () => number,
): Promise<UserInfo> {
  const { userInfo: endpoint } = provider.endpoints;
  const get = (url: string): Promise<unknown> => read(provider, session, url, now);
  if (!provider.userInfo && endpoint === undefined) {
    const problem = missingEndpoint(provider, "userInfo", "the provider needs endpoints.userInfo");
    throw new ConfigurationError("userInfo() and profile()", [problem], provider.name);
  }
  const raw = await (provider.userInfo ? provider.userInfo({ get }) : get(endpoint as string));
  if (!isObject(raw) || Array.isArray(raw)) throw invalid(provider, "it is not a JSON object");
  if (isDeeper(raw, DEEPEST)) throw invalid(provider, "it is nested too deeply");
  const { sub } = ownFields(raw);
  const expected = session.token.claims?.sub;
  if (expected !== undefined && sub !== undefined && sub !== expected) {
    const details = { claim: "sub" };
    const message = `The user info of ${provider.name} is about another user than the ID token, so it was discarded.`;
    throw new OAuthError("SUBJECT_MISMATCH", message, { provider: provider.name, details });
  }
  return raw;
}

/** Fetches the user's data as the common profile. */
export async function fetchProfile(
  provider: Provider,
  session: UserInfoSession,
  now: () => number,
): Promise<Profile> {
  const profile = provider.profile(await fetchUserInfo(provider, session, now));
  if (typeof profile.id === "string" && profile.id !== "") return profile;
  const reason =
    "its profile has no id (a provider without OpenID Connect's sub needs a profile function that returns one)";
  throw invalid(provider, reason);
}

/** Gets a URL of the API, and reads its JSON. */
async function read(
  provider: Provider,
  session: UserInfoSession,
  url: string,
  now: () => number,
): Promise<unknown> {
  const accept = new Headers(apiHeaders(provider)).get("accept") ?? "application/json";
  const response = await session.fetch(url, { headers: { accept } });
  const { status, headers } = response;
  const data = jsonOrText(await response.text());
  if (status >= 200 && status < 300) return data;
  const { accessToken, refreshToken } = session.token;
  const answered = readErrorResponse(provider, data, status) ?? { error: `status ${status}` };
  throw providerError(answered, {
    provider: provider.name,
    what: "the request for the user",
    redactor: new Redactor([accessToken, refreshToken, ...secretsOf(data, answered.error)]),
    code: status === 401 ? "TOKEN_REJECTED" : (codeOfStatus(status) ?? "API_REQUEST_FAILED"),
    status,
    retryAfter: parseRetryAfter(headers.get("retry-after") ?? undefined, now()),
  });
}

function invalid({ name: provider }: Provider, reason: string): OAuthError {
  const message = `The user info of ${provider} cannot be used: ${reason}.`;
  return new OAuthError("USER_INFO_INVALID", message, { provider });
}

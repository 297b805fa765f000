import type { AxiosHeaders, AxiosResponse } from "axios";
import { codeOfStatus } from "../errors/codes.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { providerError } from "../errors/provider-error.ts";
import { Redactor } from "../errors/redaction.ts";
import { DEEPEST, isDeeper } from "../http/response-body.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import type { Profile } from "../profile.ts";
import type { ApiReader, Provider } from "../provider.ts";
import type { Token } from "../tokens/token.ts";
import { readErrorResponse } from "./error-response.ts";

/** A session, as far as user info needs one. */
export interface UserInfoSession {
  readonly token: Token;
  get(url: string, config?: object): Promise<AxiosResponse<unknown>>;
}

type UserInfo = Readonly<Record<string, unknown>>;

/**
 * The user as the provider describes them, checked against the ID token (OpenID Connect Core §5.3.2).
 *
 * @throws OAuthError: `API_REQUEST_FAILED` or `TOKEN_REJECTED` with the provider's own error, `USER_INFO_INVALID`
 * for an answer that is no object, `SUBJECT_MISMATCH` for another user's.
 */
export async function fetchUserInfo(
  provider: Provider,
  session: UserInfoSession,
  now: () => number,
): Promise<UserInfo> {
  const api: ApiReader = { get: (url) => read(provider, session, url, now) };
  const { userInfo: endpoint } = provider.endpoints;
  if (!provider.userInfo && endpoint === undefined) {
    throw new ConfigurationError(
      "userInfo() and profile()",
      ["the provider needs endpoints.userInfo"],
      provider.name,
    );
  }
  const raw = await (provider.userInfo ? provider.userInfo(api) : api.get(endpoint as string));
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    throw invalid(provider, "it is not a JSON object");
  }
  if (isDeeper(raw, DEEPEST)) throw invalid(provider, "it is nested too deeply");
  const { sub } = raw as UserInfo;
  const expected = session.token.claims?.sub;
  if (expected !== undefined && sub !== undefined && sub !== expected) {
    throw new OAuthError(
      "SUBJECT_MISMATCH",
      `The user info of ${provider.name} is about another user than the ID token; it was thrown away.`,
      { provider: provider.name, details: { claim: "sub" } },
    );
  }
  return raw as UserInfo;
}

/** The common profile of the user. */
export async function fetchProfile(
  provider: Provider,
  session: UserInfoSession,
  now: () => number,
): Promise<Profile> {
  const profile = provider.profile(await fetchUserInfo(provider, session, now));
  if (typeof profile.id !== "string" || profile.id === "") {
    throw invalid(
      provider,
      "its profile has no id (a provider without OpenID Connect's sub needs a profile function that returns one)",
    );
  }
  return profile;
}

async function read(
  provider: Provider,
  session: UserInfoSession,
  url: string,
  now: () => number,
): Promise<unknown> {
  const { status, data, headers } = await answerOf(provider, session, url);
  if (status >= 200 && status < 300) return data;
  const body = typeof data === "object" && data !== null ? (data as UserInfo) : {};
  const answered = readErrorResponse(provider, body) ?? { error: `status ${status}` };
  const retryAfter = parseRetryAfter(headers.get("retry-after")?.toString(), now());
  throw providerError(answered, {
    provider: provider.name,
    what: "the request for the user",
    redactor: new Redactor([session.token.accessToken, session.token.refreshToken]),
    code: status === 401 ? "TOKEN_REJECTED" : (codeOfStatus(status) ?? "API_REQUEST_FAILED"),
    status,
    retryAfter,
  });
}

/** An answer of the API, before interceptors of the caller's have made something else of it. */
interface ApiAnswer {
  readonly status: number;
  readonly headers: Pick<AxiosHeaders, "get">;
  readonly data: unknown;
}

async function answerOf(
  provider: Provider,
  session: UserInfoSession,
  url: string,
): Promise<ApiAnswer> {
  let answer: ApiAnswer | undefined;
  const keep = (data: unknown, headers: AxiosHeaders, status: number): unknown => {
    answer = { status, headers, data: typeof data === "string" ? parsed(data) : data };
    return answer.data;
  };
  await session
    .get(url, { validateStatus: null, responseType: "json", transformResponse: [keep] })
    .catch((error: unknown) => {
      const { isAxiosError } = (error ?? {}) as { isAxiosError?: unknown };
      // What a hook or an interceptor of the caller's throws comes out as it is.
      throw isAxiosError === true ? unreachable(provider, error) : error;
    });
  if (!answer) throw unreachable(provider, undefined);
  return answer;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function unreachable(provider: Provider, error: unknown): OAuthError {
  const { code } = (error ?? {}) as { code?: unknown };
  const aborted = code === "ERR_CANCELED";
  return new OAuthError(
    aborted ? "ABORTED" : "NETWORK_ERROR",
    `The user could not be fetched from ${provider.name} (${typeof code === "string" ? code : "no answer"}).`,
    { provider: provider.name, retryable: !aborted },
  );
}

function invalid(provider: Provider, reason: string): OAuthError {
  return new OAuthError(
    "USER_INFO_INVALID",
    `The user info of ${provider.name} cannot be used: ${reason}.`,
    { provider: provider.name },
  );
}

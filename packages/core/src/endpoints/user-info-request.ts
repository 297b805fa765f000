import { codeOfStatus, type OAuthErrorCode } from "../errors/error-codes.ts";
import { secretsOf } from "../errors/error-fields.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { providerError, type ProviderErrorBody } from "../errors/provider-error.ts";
import { Redactor } from "../errors/redaction.ts";
import { apiHeaders } from "../http/api-headers.ts";
import { challengeErrors } from "../tokens/challenge-errors.ts";
import { nextHop } from "../http/redirects.ts";
import { jsonOrText } from "../http/response-body.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import { withoutScheme } from "../oidc/issuer.ts";
import { ownFields } from "../options/own-fields.ts";
import { readFields } from "../options/read-fields.ts";
import type { Provider } from "../provider.ts";
import { removeFromUrl } from "../tokens/place-token.ts";
import type { Token } from "../tokens/token.ts";
import { brokenAnswer } from "./broken-answer.ts";
import { readErrorResponse } from "./error-response.ts";
import { readForeignError } from "./foreign-error.ts";
import type { ReadRequest } from "./user-info-definition.ts";

/** The part of a session that user info needs. */
export interface UserInfoSession {
  readonly token: Token;
  fetch(url: string, init: RequestInit & { readonly maxContentLength: number }): Promise<Response>;
}

/** The client whose user is asked for. */
export interface UserInfoClient {
  readonly provider: Provider;
  /** The client secret: no error may have it, whatever a server repeats. */
  readonly secrets: readonly string[];
  readonly clientId: string;
  /** Whether the provider's ID tokens are verified. */
  readonly verifiesIdTokens: boolean;
  /** Verifies a JWT with the provider's keys, and returns its claims. */
  readonly verifyUserInfo: (jwt: string) => Promise<UserInfo>;
  /** Resolves a URL or a path of the API. */
  readonly resolve: (url: string) => URL;
  /** Gives the time in milliseconds since the epoch. */
  readonly now: () => number;
}

/** The content type of a JWT (RFC 7519 §10.3.1). */
const JWT = /^application\/jwt\s*(?:;|$)/i;
/** Bytes. */
const LARGEST_USER_INFO = 1024 * 1024;

/** The user as the provider describes it, in its own field names. */
export type UserInfo = Readonly<Record<string, unknown>>;

/**
 * Sends a request to the API, and reads its JSON, or the claims of its JWT once they are verified (OpenID Connect Core
 * §5.3.2).
 *
 * @throws OAuthError for an error response, for one that breaks off or is too large, for a JWT that cannot be verified, and
 * for a redirect elsewhere.
 */
export async function requestUser(
  client: UserInfoClient,
  session: UserInfoSession,
  request: ReadRequest,
): Promise<unknown> {
  const { provider, now } = client;
  const response = await send(client, session, request);
  const { status, headers } = response;
  const text = await response.text().catch((failure: unknown) => {
    throw unreadable(provider, failure);
  });
  const isSuccess = isSuccessful(status);
  if (isSuccess && JWT.test(headers.get("content-type") ?? "")) {
    return ofSameIssuer(provider, await client.verifyUserInfo(text), session.token);
  }
  const data = jsonOrText(text);
  const error = errorIn(provider, request, data, status);
  if (isSuccess && !error) return data;
  const [challenge] = challengeErrors(headers.get("www-authenticate"));
  throw refusal(client, session.token, data, {
    told: withWord(error, status, challenge),
    code: isSuccess ? "USER_INFO_INVALID" : codeOf(status),
    status,
    retryAfter: parseRetryAfter(headers.get("retry-after") ?? undefined, now()),
  });
}

/** Checks that signed user info is of the ID token's tenant: `sub` may name another user at another one. */
function ofSameIssuer({ name }: Provider, info: UserInfo, { claims }: Token): UserInfo {
  const { iss } = ownFields(info);
  const isOther =
    typeof iss === "string" && claims && withoutScheme(iss) !== withoutScheme(claims.iss);
  if (!isOther) return info;
  const message = `The signed user info of ${name} is of another issuer than the ID token, so it was discarded.`;
  throw new OAuthError("SUBJECT_MISMATCH", message, { provider: name, details: { claim: "iss" } });
}

/** Reads an error response; errors of GraphQL come with status 200, beside a part of the data too (GraphQL §7.1). */
function errorIn(
  provider: Provider,
  { method }: ReadRequest,
  data: unknown,
  status: number,
): ProviderErrorBody | undefined {
  const body: UserInfo = readFields(data);
  const { error, errors } = body;
  // A user may have an `error` object beside it that says "ok"; a text is an error (RFC 6750 §3).
  if (!isSuccessful(status) || typeof error === "string") {
    return readErrorResponse(provider, data, status);
  }
  const own = provider.readError?.(body);
  const isListed = method === "POST" && Array.isArray(errors) && errors.length > 0;
  return own ?? (isListed ? readForeignError({ errors }, 200) : undefined);
}

function isSuccessful(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Adds the word of the challenge (RFC 6750 §3) to an error without one. */
function withWord(
  error: ProviderErrorBody | undefined,
  status: number,
  challenge: string | undefined,
): ProviderErrorBody {
  const wordless = `status ${status}`;
  const told = error ?? { error: wordless };
  return told.error === wordless && challenge !== undefined ? { ...told, error: challenge } : told;
}

/** Builds the error for a response that is not a user, without the secrets in it. */
export function refusal(
  { provider, secrets }: UserInfoClient,
  { accessToken, refreshToken }: Token,
  data: unknown,
  refused: {
    readonly told: ProviderErrorBody;
    readonly code: OAuthErrorCode;
    readonly status: number;
    readonly retryAfter?: number | undefined;
  },
): OAuthError {
  const { told, ...circumstances } = refused;
  return providerError(told, {
    provider: provider.name,
    what: "the request for the user",
    redactor: new Redactor([...secrets, accessToken, refreshToken, ...secretsOf(data, told.error)]),
    ...circumstances,
  });
}

/** Builds the error for a response whose end did not come, or cannot be read. */
function unreadable({ name: provider }: Provider, failure: unknown): OAuthError {
  const code = OAuthError.isInstance(failure) ? failure.code : undefined;
  if (code === "RESPONSE_TOO_LARGE") {
    const message = `The user info of ${provider} is larger than 1 MiB. Check endpoints.userInfo.`;
    return new OAuthError("RESPONSE_TOO_LARGE", message, { provider });
  }
  return brokenAnswer(provider, `The user info of ${provider}`, failure);
}

function codeOf(status: number): OAuthError["code"] {
  return status === 401 ? "TOKEN_REJECTED" : (codeOfStatus(status) ?? "API_REQUEST_FAILED");
}

/** Sends a request, and follows redirects within the origin alone: no other may say who the user is (Core §5.3.4). */
async function send(
  { provider, resolve }: UserInfoClient,
  session: UserInfoSession,
  request: ReadRequest,
): Promise<Response> {
  const accept = new Headers(apiHeaders(provider)).get("accept") ?? "application/json";
  let url = resolve(request.url);
  let { method, body, contentType } = ownFields(request);
  for (let followed = 0; ; followed += 1) {
    const response = await session.fetch(url.href, {
      method,
      headers: { accept, ...(contentType !== undefined && { "content-type": contentType }) },
      ...(body !== undefined && { body }),
      redirect: "manual",
      maxContentLength: LARGEST_USER_INFO,
    });
    const { status, headers } = response;
    const location = headers.get("location");
    const { name, allowInsecureHttp: insecureHttp = [] } = provider;
    const hop = { provider: name, status, location, url, followed, insecureHttp };
    const next = nextHop({ ...hop, method, hasBody: body !== undefined });
    if (!next) return response;
    await response.body?.cancel();
    if (!next.sameOrigin) {
      const message = `The user info of ${provider.name} redirects to ${next.url.origin}. The redirect was not followed, because another origin could name another user. Set endpoints.userInfo to the final URL.`;
      throw new OAuthError("REDIRECT_REFUSED", message, { provider: provider.name, status });
    }
    if (!next.keepBody) [method, body, contentType] = [next.method as "GET", undefined, undefined];
    // The session places the token by itself.
    url = removeFromUrl(next.url, session.token.accessToken);
  }
}

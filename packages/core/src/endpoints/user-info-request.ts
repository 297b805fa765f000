import { codeOfStatus, type OAuthErrorCode } from "../errors/error-codes.ts";
import { secretsOf } from "../errors/error-fields.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { providerError, type ProviderErrorBody } from "../errors/provider-error.ts";
import { Redactor } from "../errors/redaction.ts";
import { apiHeaders } from "../http/api-headers.ts";
import { challengeErrors } from "../tokens/challenge-errors.ts";
import { networkCode } from "../http/network-errors.ts";
import { nextHop } from "../http/redirects.ts";
import { jsonOrText } from "../http/response-body.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import { isObject } from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";
import type { Provider } from "../provider.ts";
import { removeFromUrl } from "../tokens/place-token.ts";
import type { Token } from "../tokens/token.ts";
import { readErrorResponse } from "./error-response.ts";

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
  /** Resolves a URL or a path of the API. */
  readonly resolve: (url: string) => URL;
  /** Gives the time in milliseconds since the epoch. */
  readonly now: () => number;
}

/** Bytes. */
const LARGEST_USER_INFO = 1024 * 1024;

/** The user as the provider describes it, in its own field names. */
export type UserInfo = Readonly<Record<string, unknown>>;

/**
 * Gets a URL of the API, and reads its JSON.
 *
 * @throws OAuthError for an error response, for one that breaks off or is too large, and for a redirect elsewhere.
 */
export async function requestUser(
  client: UserInfoClient,
  session: UserInfoSession,
  url: string,
): Promise<unknown> {
  const { provider, now } = client;
  const response = await send(client, session, url);
  const { status, headers } = response;
  const text = await response.text().catch((failure: unknown) => {
    throw unreadable(provider, failure);
  });
  const data = jsonOrText(text);
  const body: UserInfo = ownFields(isObject(data) && !Array.isArray(data) ? data : {});
  const isSuccess = status >= 200 && status < 300;
  // A user may have an `error` object beside it that says "ok"; a text is an error (RFC 6750 §3).
  const isOwn = isSuccess && typeof body["error"] !== "string";
  const error = isOwn ? provider.readError?.(body) : readErrorResponse(provider, data, status);
  if (isSuccess && !error) return data;
  const [challenge] = challengeErrors(headers.get("www-authenticate"));
  throw refusal(client, session.token, data, {
    told: withWord(error, status, challenge),
    code: isSuccess ? "USER_INFO_INVALID" : codeOf(status),
    status,
    retryAfter: parseRetryAfter(headers.get("retry-after") ?? undefined, now()),
  });
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
  if (OAuthError.isInstance(failure)) return failure;
  // The platform's fetch throws the reason of its time limit, and errors of its own.
  if ((failure as Error | undefined)?.name === "TimeoutError") {
    const message = `The user info of ${provider} did not arrive in time. Try again, or raise the timeout option.`;
    return new OAuthError("TIMEOUT", message, { provider, retryable: true });
  }
  const details = { networkCode: networkCode(failure) };
  const message = `The user info of ${provider} broke off (${details.networkCode}). Try again, and check the network.`;
  return new OAuthError("NETWORK_ERROR", message, { provider, retryable: true, details });
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
    const { name, allowInsecureHttp: insecureHttp = [] } = provider;
    const hop = { provider: name, status, location, url, followed, insecureHttp };
    const next = nextHop({ ...hop, method: "GET", hasBody: false });
    if (!next) return response;
    await body?.cancel();
    if (!next.sameOrigin) {
      const message = `The user info of ${provider.name} redirects to ${next.url.origin}. The redirect was not followed, because another origin could name another user. Set endpoints.userInfo to the final URL.`;
      throw new OAuthError("REDIRECT_REFUSED", message, { provider: provider.name, status });
    }
    // The session places the token by itself.
    url = removeFromUrl(next.url, session.token.accessToken);
  }
}

import { isApiError, OAuthError, type OAuth2Session } from "@grantkit/core";
import { codeOfStatus } from "@grantkit/core/requests";

/** A GET of a server that is not Google's API: the metadata server, or the issuer of a workload's tokens. */
interface LocalRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For errors, for example "the metadata server". */
  readonly what: string;
  /** What to check when it cannot be reached. */
  readonly advice: string;
}

/** A response whose body is a text. */
export interface LocalResponse {
  readonly text: string;
  /** Gives a header by its name in lower case. */
  readonly header: (name: string) => unknown;
}

/**
 * Requests a text, with the client's `http` option and retries. The session's token is not sent, and no redirect is followed.
 *
 * @throws OAuthError: `NETWORK_ERROR`, `RATE_LIMITED`, `SERVER_ERROR`, `API_REQUEST_FAILED`, …; none shows the response.
 */
export async function getLocally(
  session: OAuth2Session,
  provider: string,
  { url, headers, what, advice }: LocalRequest,
): Promise<LocalResponse> {
  try {
    const response = await session.get<string>(url, {
      headers: { ...headers },
      withholdToken: true,
      maxRedirects: 0,
      responseType: "text",
      transformResponse: [(text: string) => text],
    });
    return { text: response.data, header: (name) => response.headers[name] as unknown };
  } catch (error) {
    if (OAuthError.isInstance(error)) throw error;
    if (!isApiError(error)) {
      const message = `The token could not be got: ${what} cannot be reached. ${advice}`;
      throw new OAuthError("NETWORK_ERROR", message, { provider, retryable: true });
    }
    const { status } = error;
    const code = codeOfStatus(status) ?? "API_REQUEST_FAILED";
    const message = `The token could not be got: ${what} responded with status ${status}. ${advice}`;
    throw new OAuthError(code, message, {
      provider,
      status,
      retryable: code !== "API_REQUEST_FAILED",
    });
  }
}

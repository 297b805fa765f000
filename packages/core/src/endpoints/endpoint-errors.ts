import { codeOfStatus } from "../errors/error-codes.ts";
import { OAuthError } from "../errors/oauth-error.ts";

/** An OAuth endpoint as error messages name it. */
interface NamedEndpoint {
  readonly provider: string;
  /** The field of the provider's `endpoints`, for example `token`. */
  readonly field: string;
  /** For example "the token endpoint". */
  readonly what: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Builds the error for a success response that cannot be used (`TOKEN_RESPONSE_INVALID`); the reason must hold no secret. */
export function unusable(
  { provider, what }: NamedEndpoint,
  reason: string,
  field: string,
  { status, headers }: Answer,
): OAuthError {
  const message = `The answer from ${what} of ${provider} cannot be used: ${reason} (status ${status}, ${contentType(headers)}).`;
  return new OAuthError("TOKEN_RESPONSE_INVALID", message, {
    provider,
    status,
    details: { field },
  });
}

/**
 * Builds the error for a response that is neither a success nor an OAuth error: `REDIRECT_REFUSED`, `RATE_LIMITED`,
 * `SERVER_ERROR` or `TOKEN_RESPONSE_INVALID`.
 *
 * @param retryAfter - Seconds.
 */
export function unexpectedStatus(
  { provider, field, what }: NamedEndpoint,
  { status, headers }: Answer,
  retryAfter: number | undefined,
): OAuthError {
  const subject = `${what.slice(0, 1).toUpperCase()}${what.slice(1)} of ${provider}`;
  const options = { provider, status, ...(retryAfter !== undefined && { retryAfter }) };
  if (status >= 300 && status < 400) {
    const message = `${subject} answered with a redirect (status ${status}), which is never followed: it would carry the client secret. Check endpoints.${field}.`;
    return new OAuthError("REDIRECT_REFUSED", message, options);
  }
  const code = codeOfStatus(status);
  return new OAuthError(
    code ?? "TOKEN_RESPONSE_INVALID",
    `${subject} answered with status ${status} (${contentType(headers)}) and no OAuth error.${code ? " Try again later." : ` Check endpoints.${field}.`}`,
    { ...options, retryable: code !== undefined },
  );
}

/** The content type for a message, without its parameters. */
function contentType(headers: Readonly<Record<string, string>>): string {
  return /^[\w.+/-]{1,60}/.exec(headers["content-type"] ?? "")?.[0] ?? "no content type";
}

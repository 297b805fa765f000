import { codeOfStatus } from "../errors/codes.ts";
import { OAuthError } from "../errors/oauth-error.ts";

/** An OAuth endpoint, as far as its errors speak of it. */
export interface NamedEndpoint {
  readonly provider: string;
  /** For example `token`: the field of the provider's `endpoints`. */
  readonly field: string;
  /** For example "the token endpoint". */
  readonly what: string;
}

/** A successful answer that cannot be used; nothing of it is quoted. */
export function unusable(
  { provider, what }: NamedEndpoint,
  reason: string,
  field: string,
  answer: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
): OAuthError {
  return new OAuthError(
    "TOKEN_RESPONSE_INVALID",
    `The answer from ${what} of ${provider} cannot be used: ${reason} (status ${answer.status}, ${contentType(answer.headers)}).`,
    { provider, status: answer.status, details: { field } },
  );
}

/** An answer that is neither a success nor an OAuth error. */
export function unexpectedStatus(
  { provider, field, what }: NamedEndpoint,
  status: number,
  headers: Readonly<Record<string, string>>,
  retryAfter: number | undefined,
): OAuthError {
  const options = { provider, status, ...(retryAfter !== undefined && { retryAfter }) };
  if (status >= 300 && status < 400) {
    return new OAuthError(
      "REDIRECT_REFUSED",
      `${capital(what)} of ${provider} answered with a redirect (status ${status}), which is never followed: it would carry the client secret. Check endpoints.${field}.`,
      options,
    );
  }
  const code = codeOfStatus(status);
  return new OAuthError(
    code ?? "TOKEN_RESPONSE_INVALID",
    `${capital(what)} of ${provider} answered with status ${status} (${contentType(headers)}) and no OAuth error.${code ? " Try again later." : ` Check endpoints.${field}.`}`,
    { ...options, retryable: code !== undefined },
  );
}

/** The content type for a message: whatever else the header says is left out. */
function contentType(headers: Readonly<Record<string, string>>): string {
  const type = /^[\w.+/-]{1,60}/.exec(headers["content-type"] ?? "")?.[0];
  return type ?? "no content type";
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

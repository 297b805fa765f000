import type { ClientContext } from "../client-context.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { plainDetails, type ProviderErrorBody } from "../errors/provider-error.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import type { TransportResponse } from "../http/transport.ts";

/** RFC 6749 §5.2, as lenient as the servers are strange: any string `error` is one. */
export function readStandardError(
  body: Readonly<Record<string, unknown>>,
): ProviderErrorBody | undefined {
  const { error, error_description: description, error_uri: uri, ...rest } = body;
  if (typeof error !== "string" || error === "") return undefined;
  return {
    error,
    errorDescription: typeof description === "string" ? description : undefined,
    errorUri: typeof uri === "string" ? uri : undefined,
    details: plainDetails(Object.entries(rest)),
  };
}

/** What a status alone says about a failure. */
export function codeOfStatus(status: number): "RATE_LIMITED" | "SERVER_ERROR" | undefined {
  if (status === 429) return "RATE_LIMITED";
  return status >= 500 ? "SERVER_ERROR" : undefined;
}

/** An answer whose body is neither JSON nor a form; nothing of it is quoted. */
export function unreadable(
  context: ClientContext,
  { status, headers }: TransportResponse,
  reason: string,
  now: number,
): OAuthError {
  if (status !== 200) {
    const retryAfter = parseRetryAfter(headers["retry-after"], now);
    return unexpectedStatus(context, status, headers, retryAfter);
  }
  const provider = context.provider.name;
  return new OAuthError(
    "TOKEN_RESPONSE_INVALID",
    `The token response of ${provider} cannot be read: ${reason} (status ${status}, ${contentType(headers)}).`,
    { provider, status, details: { field: "body" } },
  );
}

/** An answer that is neither a success nor an OAuth error. */
export function unexpectedStatus(
  { provider }: ClientContext,
  status: number,
  headers: Readonly<Record<string, string>>,
  retryAfter: number | undefined,
): OAuthError {
  const options = {
    provider: provider.name,
    status,
    ...(retryAfter !== undefined && { retryAfter }),
  };
  if (status >= 300 && status < 400) {
    return new OAuthError(
      "REDIRECT_REFUSED",
      `The token endpoint of ${provider.name} answered with a redirect (status ${status}), which is never followed: it would carry the client secret. Check endpoints.token.`,
      options,
    );
  }
  const code = codeOfStatus(status);
  return new OAuthError(
    code ?? "TOKEN_RESPONSE_INVALID",
    `The token endpoint of ${provider.name} answered with status ${status} (${contentType(headers)}) and no OAuth error.${code ? " Try again later." : " Check endpoints.token."}`,
    { ...options, retryable: code !== undefined },
  );
}

/** The content type for a message: whatever else the header says is left out. */
export function contentType(headers: Readonly<Record<string, string>>): string {
  const type = /^[\w.+/-]{1,60}/.exec(headers["content-type"] ?? "")?.[0];
  return type ?? "no content type";
}

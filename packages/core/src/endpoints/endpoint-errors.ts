import { codeOfStatus, type OAuthErrorCode } from "../errors/error-codes.ts";
import { secretsOf } from "../errors/error-fields.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { type Advice, adviceFor, isTransient, providerError } from "../errors/provider-error.ts";
import type { Redactor } from "../errors/redaction.ts";
import { isObject } from "../options/option-rules.ts";
import type { Provider } from "../provider.ts";
import { readErrorResponse } from "./error-response.ts";

/** An OAuth endpoint as error messages name it. */
export interface NamedEndpoint {
  readonly provider: string;
  /** The option that has its URL, for example `endpoints.token`. */
  readonly option: string;
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
  errorDescription?: string,
): OAuthError {
  const message = `The answer from ${what} of ${provider} cannot be used: ${reason} (status ${status}, ${contentType(headers)}).`;
  return new OAuthError("TOKEN_RESPONSE_INVALID", message, {
    provider,
    status,
    details: { field },
    errorDescription,
  });
}

/** A request to an endpoint whose response may be an error. */
export interface RefusedRequest {
  readonly provider: Provider;
  readonly endpoint: NamedEndpoint;
  /** For example "the token request". */
  readonly what: string;
  /** What to do next, where the request knows better than the error's code. */
  readonly advice: Advice | undefined;
  /** Statuses of success. */
  readonly successes: readonly number[];
  /** The secrets of the request and, further, of the response. */
  redactor(further: readonly string[]): Redactor;
}

/**
 * Builds the error of a response: the provider's own error, and where its body says nothing, the error that its status
 * means: `INVALID_CLIENT` for 401 (RFC 6749 §5.2), `RATE_LIMITED`, `SERVER_ERROR`, `TEMPORARILY_UNAVAILABLE`,
 * `INVALID_REQUEST`, `REDIRECT_REFUSED`, `TOKEN_RESPONSE_INVALID` for an endpoint that is not there, or `PROVIDER_ERROR`.
 *
 * @param retryAfter - Seconds.
 * @returns undefined for a success.
 */
export function errorOfAnswer(
  request: RefusedRequest,
  answer: Answer & { readonly body: unknown },
  retryAfter: number | undefined,
): OAuthError | undefined {
  const { provider, endpoint, what, advice, successes } = request;
  const { status, body } = answer;
  const answered = readErrorResponse(provider, body, status);
  if (!answered) {
    if (successes.includes(status)) return undefined;
    if (status >= 200 && status < 300) {
      const hook =
        body === undefined ? "" : "; if the answer is good, change it in a tokenResponse hook";
      return unusable(
        endpoint,
        `its status must be ${successes.join(" or ")}${hook}`,
        "status",
        answer,
      );
    }
    return unexpectedStatus(endpoint, answer, retryAfter);
  }
  const { error } = answered;
  return providerError(answered, {
    provider: provider.name,
    what,
    advice: typeof advice === "string" ? advice : { ...adviceOn(endpoint), ...advice },
    redactor: request.redactor(secretsOf(body, error)),
    aliases: provider.errorAliases,
    status,
    retryAfter,
    // The status decides, except where a device is to wait: some servers say that with 429 (RFC 8628 §3.5).
    code: ["authorization_pending", "slow_down"].includes(error) ? undefined : codeOfStatus(status),
    fallback: codeOfRefusal(status, error === wordFor(status) ? undefined : error),
  });
}

/** What stands in the place of a provider's error word when it sent none. */
function wordFor(status: number): string {
  return `status ${status}`;
}

/** The code of an error whose word no specification defines, or that has none; undefined where the status says too little. */
function codeOfRefusal(status: number, word: string | undefined): OAuthErrorCode | undefined {
  // Some servers say of a refresh token what RFC 6750 says of access tokens.
  if (status === 401) return word === "invalid_token" ? undefined : "INVALID_CLIENT";
  if (status === 408 || status === 425) return "TEMPORARILY_UNAVAILABLE";
  if (word !== undefined) return undefined;
  if (status === 400 || status === 422) return "INVALID_REQUEST";
  return [404, 405, 410].includes(status) ? "TOKEN_RESPONSE_INVALID" : undefined;
}

function adviceOn({ option }: NamedEndpoint): Partial<Record<OAuthErrorCode, string>> {
  return { TOKEN_RESPONSE_INVALID: `Check ${option}.` };
}

/** Builds the error for a response that is neither a success nor an error with words. */
function unexpectedStatus(
  endpoint: NamedEndpoint,
  { status, headers, body }: Answer & { readonly body: unknown },
  retryAfter: number | undefined,
): OAuthError {
  const { provider, option, what } = endpoint;
  const subject = `${what.slice(0, 1).toUpperCase()}${what.slice(1)} of ${provider}`;
  const options = { provider, status, retryAfter };
  if (status >= 300 && status < 400) {
    const message = `${subject} answered with a redirect (status ${status}), which is never followed: it would carry the client secret. Check ${option}.`;
    return new OAuthError("REDIRECT_REFUSED", message, options);
  }
  const refused = status < 400 ? undefined : (codeOfRefusal(status, undefined) ?? "PROVIDER_ERROR");
  // A JSON object without a word is an answer, which cannot be used.
  const isUnusable = refused === "INVALID_REQUEST" && isObject(body);
  const code =
    codeOfStatus(status) ?? (isUnusable ? undefined : refused) ?? "TOKEN_RESPONSE_INVALID";
  const advice = isUnusable
    ? "Its body has no text, number or boolean: read it with a tokenResponse hook or readError."
    : adviceFor(code, { ...WORDLESS, ...adviceOn(endpoint) });
  return new OAuthError(
    code,
    `${subject} answered with status ${status} (${contentType(headers)}) and no OAuth error. ${advice}`,
    { ...options, retryable: isTransient(code) },
  );
}

const WORDLESS: Partial<Record<OAuthErrorCode, string>> = {
  INVALID_REQUEST: "It found the request invalid: check the parameters and hooks.",
  PROVIDER_ERROR: "The answer does not say why: check the app's settings at the provider.",
};

/** The content type for a message, without its parameters. */
function contentType(headers: Readonly<Record<string, string>>): string {
  return /^[\w.+/-]{1,60}/.exec(headers["content-type"] ?? "")?.[0] ?? "no content type";
}

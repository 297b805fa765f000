import { ownFields } from "../options/own-fields.ts";
import { withoutAlias } from "./error-aliases.ts";
import { codeOfProviderError, type OAuthErrorCode } from "./error-codes.ts";
import { type ErrorDetails, withoutJwts } from "./error-fields.ts";
import { OAuthError } from "./oauth-error.ts";
import type { Redactor } from "./redaction.ts";

/** An error response of a provider, in the terms of RFC 6749 §5.2. */
export interface ProviderErrorBody {
  /** The error code, for example `invalid_grant`. */
  readonly error: string;
  /** Grantkit's code for it, where it says more than `error` and the status do. */
  readonly code?: OAuthErrorCode | undefined;
  /** The provider's explanation for developers. */
  readonly errorDescription?: string | undefined;
  /** The provider's page about the error. */
  readonly errorUri?: string | undefined;
  /** Other plain fields: subcodes, trace IDs; those of nested objects by their path. */
  readonly details?: Readonly<Record<string, string | number | boolean>> | undefined;
}

const ADVICE: Partial<Record<OAuthErrorCode, string>> = {
  ACCESS_DENIED: "The user or an administrator said no; let the user try again.",
  INTERACTION_REQUIRED: "Send the user to the provider again, without prompt=none.",
  INVALID_CLIENT: "Check clientId, clientSecret and clientAuthentication.",
  INVALID_GRANT:
    "The code or refresh token is expired, used or revoked: send the user to sign in again.",
  INVALID_TARGET:
    "Check resource and audience: the provider does not know this API, or this client may not use it.",
  UNSUPPORTED_TOKEN_TYPE: "The provider does not revoke or introspect this kind of token.",
  DEVICE_CODE_EXPIRED: "Start again with fetchDeviceAuthorization().",
  INVALID_SCOPE: "Check the scopes that are asked for.",
  PROVIDER_ERROR: "Look up this error code in the provider's documentation.",
  TOKEN_REJECTED:
    "The token has expired or was revoked: refresh it, or let the user sign in again.",
  RATE_LIMITED: "Wait before the next call: retryAfter seconds, if it is set.",
  SERVER_ERROR: "The provider has trouble; try again later.",
  TEMPORARILY_UNAVAILABLE: "The provider has trouble; try again later.",
  UNAUTHORIZED_CLIENT: "Allow this grant in the settings that the provider has for your app.",
};

/** Advice on what to do next: one text for every code, or one for each. */
export type Advice = string | Partial<Record<OAuthErrorCode, string>>;

/** Advises on what to do next after an error. */
export function adviceFor(code: OAuthErrorCode, advice: Advice | undefined): string | undefined {
  return (typeof advice === "object" ? advice[code] : advice) ?? ADVICE[code];
}

/** Whether an error that a provider answered is transient, by its code. */
export function isTransient(code: OAuthErrorCode): boolean {
  return ["RATE_LIMITED", "SERVER_ERROR", "TEMPORARILY_UNAVAILABLE"].includes(code);
}

/** Makes an OAuthError of a provider's error response, without secrets and control characters. */
export function providerError(
  given: ProviderErrorBody,
  circumstances: {
    readonly provider: string;
    readonly what: string;
    readonly redactor: Redactor;
    readonly aliases?: Readonly<Record<string, string>> | undefined;
    readonly code?: OAuthErrorCode | undefined;
    /** The code where the error word says nothing. */
    readonly fallback?: OAuthErrorCode | undefined;
    /** Advice on what to do next, where the caller knows better than the code alone says. */
    readonly advice?: Advice | undefined;
    readonly status?: number | undefined;
    readonly retryAfter?: number | undefined;
  },
): OAuthError {
  const body = ownFields(given);
  const context = ownFields(circumstances);
  const line = (text: string, longest?: number): string =>
    context.redactor.line(withoutJwts(text), longest);
  const error = line(body.error);
  const code = codeOf(body, context);
  const description = body.errorDescription && line(body.errorDescription);
  const advice = adviceFor(code, context.advice);
  const said = description ? `${error} (${description})` : error;
  return new OAuthError(
    code,
    `${context.provider} answered ${context.what} with ${said}.${advice ? ` ${advice}` : ""}`,
    {
      provider: context.provider,
      error,
      retryable: isTransient(code),
      status: context.status,
      errorDescription: description || undefined,
      errorUri: body.errorUri ? line(body.errorUri) : undefined,
      details: body.details && cleanDetails(body.details, line),
      retryAfter: context.retryAfter,
    },
  );
}

function codeOf(
  { code, error }: ProviderErrorBody,
  context: Parameters<typeof providerError>[1],
): OAuthErrorCode {
  const known = code ?? context.code ?? codeOfProviderError(withoutAlias(error, context.aliases));
  return known ?? context.fallback ?? "PROVIDER_ERROR";
}

/** Characters of a detail: programs read it, for example the JSON of a claims request. */
const LONGEST_DETAIL = 4000;

function cleanDetails(
  details: ErrorDetails,
  line: (text: string, longest?: number) => string,
): ErrorDetails {
  return Object.fromEntries(
    Object.entries(details)
      .filter(([name]) => name !== "__proto__")
      .slice(0, 20)
      .map(([name, value]) => [
        line(name),
        typeof value === "string" ? line(value, LONGEST_DETAIL) : value,
      ]),
  );
}

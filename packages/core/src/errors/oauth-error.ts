import { ownFields } from "../options/own-fields.ts";
import type { OAuthErrorCode } from "./error-codes.ts";

/** The most frames of an error's stack, unless the app wants more. */
const MOST_FRAMES = 50;

const BRAND: unique symbol = Symbol.for("@grantkit/core/OAuthError") as never;

/** The fields of a new {@link OAuthError}. */
export interface OAuthErrorOptions {
  /** Name of the provider that the failing call was for. */
  readonly provider?: string | undefined;
  /** HTTP status of the response, if there was one. */
  readonly status?: number | undefined;
  /** The provider's own error code, for example `bad_verification_code`. */
  readonly error?: string | undefined;
  /** The provider's explanation. The provider wrote it: escape it before you show it on a page. */
  readonly errorDescription?: string | undefined;
  /** The provider's page about this error. The provider wrote the URL: check it before you link to it. */
  readonly errorUri?: string | undefined;
  /** Other plain fields of the response: a subcode, a trace ID, the claim that failed. */
  readonly details?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** Whether the same call may succeed later, because the failure is transient. */
  readonly retryable?: boolean | undefined;
  /** Seconds to wait before a retry, if the provider named them. */
  readonly retryAfter?: number | undefined;
}

/**
 * The base class of Grantkit's own errors. API errors (`isApiError()`) and axios's network errors do not belong to it.
 *
 * No part of it (message, stack, fields, JSON, `util.inspect`, `structuredClone`) holds a token, a code or
 * a client secret, and the network or library error that it was made from is not attached.
 *
 * @example
 * ```ts
 * import { isOAuthError } from "@grantkit/core";
 *
 * export function explain(error: unknown): string {
 *   if (!isOAuthError(error)) throw error;
 *   return error.code === "ACCESS_DENIED" ? "You said no. Try again?" : "Sign-in failed.";
 * }
 * ```
 */
export class OAuthError extends Error {
  /** What went wrong, as a stable code to switch on. */
  readonly code: OAuthErrorCode;
  /** Name of the provider that the failing call was for. */
  declare readonly provider?: string;
  /** HTTP status of the response, if there was one. */
  declare readonly status?: number;
  /** The provider's own error code. */
  declare readonly error?: string;
  /** The provider's explanation. The provider wrote it: escape it before you show it on a page. */
  declare readonly errorDescription?: string;
  /** The provider's page about this error. The provider wrote the URL: check it before you link to it. */
  declare readonly errorUri?: string;
  /** Other plain fields of the response. */
  declare readonly details?: Readonly<Record<string, string | number | boolean>>;
  /** Whether the same call may succeed later, because the failure is transient. */
  readonly retryable: boolean;
  /** Seconds to wait before a retry, if the provider named them. */
  declare readonly retryAfter?: number;

  constructor(code: OAuthErrorCode, message: string, options: OAuthErrorOptions = {}) {
    const limit = Error.stackTraceLimit;
    // The frames in here and in openid-client fill the usual ten, and the app's own line would be missing.
    if (limit > 0) Reflect.set(Error, "stackTraceLimit", Math.max(limit, MOST_FRAMES));
    super(message);
    if (limit > 0) Reflect.set(Error, "stackTraceLimit", limit);
    this.code = code;
    const own = ownFields(options);
    this.retryable = own.retryable ?? false;
    const { provider, status, error, errorDescription, errorUri, details, retryAfter } = own;
    for (const [name, value] of Object.entries({
      provider,
      status,
      error,
      errorDescription,
      errorUri,
      details,
      retryAfter,
    })) {
      if (value !== undefined) Object.defineProperty(this, name, { value, enumerable: true });
    }
  }

  /** Recognizes an OAuthError by its brand, also from another copy of the package or another realm. */
  static isInstance(value: unknown): value is OAuthError {
    return typeof value === "object" && value !== null && BRAND in value;
  }

  /** The error's fields as plain JSON, for a log. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message, ...Object.fromEntries(Object.entries(this)) };
  }
}

const ABSENT = { value: undefined };

Object.defineProperties(OAuthError.prototype, {
  name: { value: "OAuthError", writable: true, configurable: true },
  // An error without one of these must not have that of a polluted Object.prototype.
  provider: ABSENT,
  status: ABSENT,
  error: ABSENT,
  errorDescription: ABSENT,
  errorUri: ABSENT,
  details: ABSENT,
  retryAfter: ABSENT,
  [BRAND]: { value: true },
});

/** Copies an error, with a sentence after its message, and with other fields where `changes` has them. */
export function withNote(
  error: OAuthError,
  note: string,
  changes: Pick<OAuthErrorOptions, "retryable"> = {},
): OAuthError {
  return new OAuthError(error.code, `${error.message} ${note}`, Object.assign({}, error, changes));
}

/**
 * Whether a caught value is an {@link OAuthError}, also when two copies of the package are loaded.
 *
 * @example
 * ```ts
 * import { isOAuthError } from "@grantkit/core";
 *
 * export const isExpired = (error: unknown): boolean =>
 *   isOAuthError(error) && error.code === "TOKEN_EXPIRED";
 * ```
 */
export function isOAuthError(value: unknown): value is OAuthError {
  return OAuthError.isInstance(value);
}

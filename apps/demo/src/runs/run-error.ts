import { isApiError, isOAuthError, type OAuthError } from "@grantkit/core";
import { isAxiosError } from "axios";
import { ErrorPage } from "../error-page.ts";

/** The error that an app gets, as the SDK threw it. */
export interface RunError {
  /** The name of its class. */
  readonly name: string;
  readonly code: string;
  readonly message: string;
  /** What failed, for an error that is not of the SDK. */
  readonly title?: string;
  /** The status of an API's answer. */
  readonly status?: number | undefined;
  readonly retryable?: boolean | undefined;
  /** Further fields of the error, for example the claim that is wrong. */
  readonly details?: OAuthError["details"];
  /** The API's answer. */
  readonly data?: unknown;
  /** What the server signed, where it says so, for a signature of OAuth 1.0a that it refused (RFC 5849 §3.4.1). */
  readonly baseString?: string;
  /** The fields of the error, for a log. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Describes what a flow threw; undefined for a failure of the playground itself. */
export function runErrorOf(error: unknown): RunError | undefined {
  if (isOAuthError(error)) {
    const { name, code, message, retryable, details } = error;
    return { name, code, message, retryable, details, fields: error.toJSON() };
  }
  if (isApiError(error)) {
    const { message, status, retryAfter, data } = error;
    const fields = { name: "AxiosError", message, status, retryAfter };
    return { name: "AxiosError", code: "API error", message, status, data, fields };
  }
  if (isAxiosError(error)) {
    const { code = "NETWORK", message } = error;
    return { name: "AxiosError", code, message, fields: { name: "AxiosError", code, message } };
  }
  if (error instanceof ErrorPage) {
    const { title, code, text } = error.content;
    return { name: "The playground", code, message: text, title };
  }
  return undefined;
}

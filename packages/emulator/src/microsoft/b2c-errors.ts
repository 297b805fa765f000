import { randomUUID } from "node:crypto";
import { jsonReply } from "../oauth/responses.ts";

/** An error of Azure AD B2C. */
export interface B2cError {
  /** OAuth error code. */
  readonly error: string;
  /** The number after AADB2C. */
  readonly code: number;
  readonly text: string;
}

/** Describes an error as Azure AD B2C does: all details are lines of the description. `now` is in milliseconds. */
export function b2cErrorFields(
  { error, code, text }: B2cError,
  now: number,
): { readonly error: string; readonly error_description: string } {
  const time = new Date(now).toISOString().replace("T", " ").replace(/\..*/, "Z");
  const lines = [`AADB2C${code}: ${text}`, `Correlation ID: ${randomUUID()}`, `Timestamp: ${time}`];
  return { error, error_description: lines.join("\r\n") };
}

/**
 * Makes the response of an error of the token endpoint.
 *
 * @see https://learn.microsoft.com/azure/active-directory-b2c/error-codes
 */
export function b2cError(error: B2cError, now: number): Response {
  return jsonReply(b2cErrorFields(error, now), 400);
}

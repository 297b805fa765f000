import type { ProviderErrorBody } from "@grantkit/core";
import { definedFields, isObject, readFields, readText } from "@grantkit/core/requests";
import { errorInfoOf } from "./error-details.ts";

type Body = Readonly<Record<string, unknown>>;

/**
 * Reads an error of Google's APIs, `{ error: { code, message, status, details } }` (AIP-193), the device endpoint's
 * `rate_limit_exceeded`, which has no `error`, and an OAuth error with `error_subtype`. Returns undefined for any other body.
 *
 * @see https://google.aip.dev/193
 * @see https://developers.google.com/identity/protocols/oauth2/limited-input-device#quota-exceeded-response
 */
export function readGoogleError(body: Body): ProviderErrorBody | undefined {
  const { error, error_code: word } = body;
  if (error === undefined && word === "rate_limit_exceeded") {
    return { error: word, code: "RATE_LIMITED" };
  }
  if (!isObject(error)) return readReauthentication(body);
  const { message, status, code, details, errors } = readFields(error);
  const { reason } = errorInfoOf(details, errors);
  return {
    error: readText(status) ?? "error",
    code: status === "RESOURCE_EXHAUSTED" ? "RATE_LIMITED" : undefined,
    errorDescription: readText(message),
    details: definedFields({ code: typeof code === "number" ? code : undefined, reason }),
  };
}

/** Reads `error_subtype`, with which a refresh says that the Workspace user has to sign in again (`invalid_rapt`). */
function readReauthentication(body: Body): ProviderErrorBody | undefined {
  const { error, error_subtype: subtype, error_description: description } = body;
  if (typeof error !== "string" || typeof subtype !== "string") return undefined;
  return { error, errorDescription: readText(description), details: { subtype } };
}

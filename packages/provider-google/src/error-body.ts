import type { ProviderErrorBody } from "@grantkit/core";
import { isObject, ownFields } from "@grantkit/core/requests";
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
  const { message, status, code, details, errors } = ownFields(error);
  const { reason } = errorInfoOf(details, errors);
  return {
    error: typeof status === "string" ? status : "error",
    code: status === "RESOURCE_EXHAUSTED" ? "RATE_LIMITED" : undefined,
    errorDescription: typeof message === "string" ? message : undefined,
    details: {
      ...(typeof code === "number" && { code }),
      ...(reason !== undefined && { reason }),
    },
  };
}

/** Reads `error_subtype`, with which a refresh says that the Workspace user has to sign in again (`invalid_rapt`). */
function readReauthentication(body: Body): ProviderErrorBody | undefined {
  const { error, error_subtype: subtype, error_description: description } = body;
  if (typeof error !== "string" || typeof subtype !== "string") return undefined;
  return {
    error,
    errorDescription: typeof description === "string" ? description : undefined,
    details: { subtype },
  };
}

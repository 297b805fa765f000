import type { ProviderErrorBody } from "@grantkit/core";

type Body = Readonly<Record<string, unknown>>;

/**
 * Reads an error of Google's APIs, `{ error: { code, message, status, details } }` (AIP-193), and the device endpoint's
 * `rate_limit_exceeded`, which has no `error`. Returns undefined for any other body.
 *
 * @see https://google.aip.dev/193
 * @see https://developers.google.com/identity/protocols/oauth2/limited-input-device#quota-exceeded-response
 */
export function readGoogleError(body: Body): ProviderErrorBody | undefined {
  const { error, error_code: word } = body;
  if (error === undefined && word === "rate_limit_exceeded") {
    return { error: word, code: "RATE_LIMITED" };
  }
  if (typeof error !== "object" || error === null) return undefined;
  const { message, status, code, details } = error as Body;
  const reason = Array.isArray(details)
    ? (details as Body[]).find((one) => one?.["reason"])
    : undefined;
  return {
    error: typeof status === "string" ? status : "error",
    code: status === "RESOURCE_EXHAUSTED" ? "RATE_LIMITED" : undefined,
    errorDescription: typeof message === "string" ? message : undefined,
    details: {
      ...(typeof code === "number" && { code }),
      ...(typeof reason?.["reason"] === "string" && { reason: reason["reason"] }),
    },
  };
}

import type { ProviderErrorBody } from "@grantkit/core";
import { definedFields, type Fields, readFields, readText } from "@grantkit/core/requests";

/** The suberrors that a sign-in cures; the token that was sent is still good. */
const NEED_THE_USER: readonly unknown[] = [
  "additional_action",
  "basic_action",
  "consent_required",
  "message_only",
  "user_password_expired",
];

/**
 * Reads an error of Entra ID, `{ error, error_description, error_codes, suberror, claims, trace_id }`, and one of Microsoft
 * Graph, `{ error: { code, message, innerError } }`. Returns undefined for any other body.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 * @see https://learn.microsoft.com/graph/errors
 */
export function readMicrosoftError(body: Fields): ProviderErrorBody | undefined {
  if (Array.isArray(body["error_codes"])) return ofEntra(body);
  const { code, message, innerError } = readFields(body["error"]);
  if (typeof code !== "string") return undefined;
  const { "request-id": requestId } = readFields(innerError);
  return { error: code, errorDescription: readText(message), details: texts({ requestId }) };
}

function ofEntra(body: Fields): ProviderErrorBody | undefined {
  const { error, error_description: description, error_uri: uri, error_codes: codes } = body;
  const { suberror, claims, trace_id: traceId, correlation_id: correlationId } = body;
  const [number] = codes as unknown[];
  if (typeof error !== "string") return undefined;
  return {
    error,
    code: NEED_THE_USER.includes(suberror) ? "INTERACTION_REQUIRED" : undefined,
    errorDescription: readText(description),
    errorUri: readText(uri),
    details: {
      ...(typeof number === "number" && { aadsts: number }),
      ...texts({ suberror, claims, traceId, correlationId }),
    },
  };
}

function texts(fields: Fields): Record<string, string> {
  const entries = Object.entries(fields).map(([name, value]) => [name, readText(value)] as const);
  return definedFields(Object.fromEntries(entries));
}

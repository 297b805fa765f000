import type { OAuthErrorCode, ProviderErrorBody } from "@grantkit/core";

type Body = Readonly<Record<string, unknown>>;

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
export function readMicrosoftError(body: Body): ProviderErrorBody | undefined {
  const { error } = body;
  if (typeof error === "string")
    return Array.isArray(body["error_codes"]) ? ofEntra(body) : undefined;
  if (typeof error !== "object" || error === null) return undefined;
  const { code, message, innerError } = error as Body;
  if (typeof code !== "string") return undefined;
  const { "request-id": requestId } = (innerError ?? {}) as Body;
  return {
    error: code,
    errorDescription: typeof message === "string" ? message : undefined,
    details: texts({ requestId }),
  };
}

function ofEntra(body: Body): ProviderErrorBody {
  const { error, error_description: description, error_uri: uri, error_codes: codes } = body;
  const { suberror, claims, trace_id: traceId, correlation_id: correlationId } = body;
  const [number] = codes as unknown[];
  const code: OAuthErrorCode | undefined = NEED_THE_USER.includes(suberror)
    ? "INTERACTION_REQUIRED"
    : undefined;
  return {
    error: error as string,
    code,
    errorDescription: typeof description === "string" ? description : undefined,
    errorUri: typeof uri === "string" ? uri : undefined,
    details: {
      ...(typeof number === "number" && { aadsts: number }),
      ...texts({ suberror, claims, traceId, correlationId }),
    },
  };
}

function texts(fields: Body): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      (field): field is [string, string] => typeof field[1] === "string" && field[1] !== "",
    ),
  );
}

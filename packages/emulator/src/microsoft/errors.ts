import { randomUUID } from "node:crypto";
import { jsonReply } from "../oauth/responses.ts";

/** An error of Microsoft's OAuth endpoints. */
export interface EntraError {
  /** OAuth error code. */
  readonly error: string;
  /** The number after AADSTS. */
  readonly code: number;
  readonly text: string;
  /** HTTP status. @defaultValue 400 */
  readonly status?: number;
  readonly suberror?: string;
  /** A claims challenge: JSON for the `claims` parameter of the next request. */
  readonly claims?: string;
}

/** Describes an error as Microsoft does, with the ids of the request. `now` is in milliseconds. */
export function errorFields(
  { error, code, text, suberror, claims }: EntraError,
  now: number,
): Record<string, unknown> {
  const [traceId, correlationId] = [randomUUID(), randomUUID()];
  const time = new Date(now).toISOString().replace("T", " ").replace(/\..*/, "Z");
  return {
    error,
    error_description: `AADSTS${code}: ${text} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${time}`,
    error_codes: [code],
    timestamp: time,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    suberror,
    claims,
  };
}

/**
 * Makes the response of an error of Microsoft's OAuth endpoints.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
export function entraError(error: EntraError, now: number): Response {
  return jsonReply(errorFields(error, now), error.status ?? 400);
}

/**
 * Makes the response of an error of Microsoft Graph.
 *
 * @see https://learn.microsoft.com/graph/errors
 */
export function graphError(
  status: number,
  code: string,
  message: string,
  now: number,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const id = randomUUID();
  const innerError = {
    date: new Date(now).toISOString().replace(/\..*/, ""),
    "request-id": id,
    "client-request-id": id,
  };
  return jsonReply({ error: { code, message, innerError } }, status, {
    "request-id": id,
    "client-request-id": id,
    ...headers,
  });
}

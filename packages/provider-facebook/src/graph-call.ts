import type { OAuth2Session } from "@grantkit/core";
import { type ApiCall, type ApiCallAnswer, callApi } from "@grantkit/core/requests";
import { readGraphError } from "./graph-error.ts";

/**
 * Calls the Graph API for a method of the client.
 *
 * @throws OAuthError: `TOKEN_EXPIRED` before anything is sent, `TOKEN_REJECTED`, `RATE_LIMITED`, `SERVER_ERROR`,
 * `API_REQUEST_FAILED`, `RESPONSE_TOO_LARGE`, `NETWORK_ERROR`, ….
 */
export function callGraph(
  session: OAuth2Session,
  call: Omit<ApiCall, "refusal">,
): Promise<ApiCallAnswer> {
  return callApi(session, {
    ...call,
    refusal: ({ status, header, body, error }) => {
      const told = readGraphError(body) ?? { error: `status ${status}` };
      const trace = header("x-fb-trace-id");
      return error({ ...told, details: { ...(trace && { fbtrace_id: trace }), ...told.details } });
    },
  });
}

/** Reads a number of seconds, at most ten years; undefined for anything else, and for 0. */
export function readSeconds(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 && value <= 315_360_000 ? value : undefined;
}

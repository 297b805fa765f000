import { randomAlphanumeric } from "../oauth/random-text.ts";
import { jsonReply } from "../oauth/responses.ts";

/** An error of the Graph API. */
export interface GraphError {
  readonly message: string;
  /** @defaultValue "OAuthException" */
  readonly type?: string;
  readonly code: number;
  readonly subcode?: number;
  readonly title?: string;
  readonly userMessage?: string;
  readonly transient?: boolean;
  /** HTTP status. @defaultValue 400 */
  readonly status?: number;
  /** Error code in WWW-Authenticate. @defaultValue "invalid_token" */
  readonly challenge?: "invalid_code" | "invalid_token" | "invalid_request" | "invalid_client";
}

/** Makes a JSON response of the Graph API. */
export function graphReply(body: unknown, headers: Record<string, string> = {}): Response {
  return jsonReply(body, 200, { "content-type": CONTENT_TYPE, ...headers });
}

const CONTENT_TYPE = "application/json; charset=UTF-8";

/**
 * Makes an error response. The `error` is an object, not a string as in OAuth; the challenge does not follow RFC 7235.
 *
 * @see https://developers.facebook.com/docs/graph-api/guides/error-handling
 */
export function graphError(error: GraphError, headers: Record<string, string> = {}): Response {
  const { message, type = "OAuthException", code, subcode, title, userMessage, transient } = error;
  const { status = 400, challenge = "invalid_token" } = error;
  const trace = `A${randomAlphanumeric(22)}`;
  const body = {
    message,
    type,
    code,
    error_subcode: subcode,
    is_transient: transient,
    error_user_title: title,
    error_user_msg: userMessage,
    fbtrace_id: trace,
  };
  return jsonReply({ error: body }, status, {
    "content-type": CONTENT_TYPE,
    "www-authenticate": `OAuth "Facebook Platform" "${challenge}" "${message.replaceAll('"', "'")}"`,
    "x-fb-trace-id": trace,
    ...headers,
  });
}

/** Makes the error for an object that does not exist, or that the token may not see. */
export function noSuchObject(verb: "get" | "post", id: string): Response {
  return graphError({
    message: `Unsupported ${verb} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.`,
    type: "GraphMethodException",
    code: 100,
    subcode: 33,
    challenge: "invalid_request",
  });
}

import { isApiError } from "@grantkit/core";
import { type Fields, isObject, readFields } from "@grantkit/core/requests";

/** An error of Microsoft Graph. */
export interface GraphError {
  /** The HTTP status. */
  readonly status: number;
  /** Graph's error code, for example `itemNotFound` or `Authorization_RequestDenied`. */
  readonly code: string;
  /** The code of the innermost error, where there is one: it says more than `code`, and may be new. */
  readonly innerCode?: string;
  /** Graph's explanation for developers. */
  readonly message: string;
  /** What the error is about, if Graph says so. */
  readonly target?: string;
  /** The request's ID, which Microsoft's support asks for. */
  readonly requestId?: string;
  /** The ID that the app sent in `client-request-id`, or the same as `requestId`. */
  readonly clientRequestId?: string;
  /** When the error occurred, as Graph writes it. */
  readonly date?: string;
  /** Seconds to wait before the next request, for 429 and 503. */
  readonly retryAfter?: number;
}

/**
 * Reads the error of Microsoft Graph from what `session.get()` and the other axios methods threw.
 *
 * @returns undefined for everything else: no `ApiError`, or a body in another format.
 * @see https://learn.microsoft.com/graph/errors
 *
 * @example
 * ```ts
 * import { graphError, type OAuth2Session } from "@grantkit/provider-microsoft";
 *
 * export async function manager(session: OAuth2Session): Promise<unknown> {
 *   try {
 *     return (await session.get("/me/manager")).data;
 *   } catch (error) {
 *     if (graphError(error)?.code === "Request_ResourceNotFound") return undefined;
 *     throw error;
 *   }
 * }
 * ```
 */
export function graphError(error: unknown): GraphError | undefined {
  if (!isApiError(error)) return undefined;
  const body = readFields(readFields(error.data)["error"]);
  const { code, message, target } = body;
  if (typeof code !== "string") return undefined;
  const inner = readFields(body["innerError"] ?? body["innererror"]);
  const { "request-id": requestId, "client-request-id": clientRequestId, date } = inner;
  const innerCode = innermostCode(inner);
  const texts = { innerCode, target, requestId, clientRequestId, date };
  return {
    status: error.status,
    code,
    message: typeof message === "string" ? message : "",
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => typeof text === "string")),
    ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }),
  };
}

/** Inner errors may have inner errors. */
const DEEPEST = 8;

function innermostCode(inner: Fields, depth = 0): unknown {
  const next = inner["innerError"] ?? inner["innererror"];
  if (!isObject(next) || depth === DEEPEST) return inner["code"];
  return innermostCode(readFields(next), depth + 1) ?? inner["code"];
}

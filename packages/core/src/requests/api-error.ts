import type { AxiosError } from "axios";

/** Marks the errors that sessions throw, so that another copy of the package recognizes them too. */
const API_ERROR: unique symbol = Symbol.for("@grantkit/core/ApiError") as never;

/**
 * The error that `get`, `request` and the other methods throw when the API responds with an error status. No field holds a
 * token or a secret.
 */
export interface ApiError extends Error {
  /** The HTTP status, for example 404. */
  readonly status: number;
  /** The answer's headers, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The answer's body: parsed if it is JSON. */
  readonly data: unknown;
  /** Seconds to wait before the next request, from the Retry-After header (RFC 9110 §10.2.3). */
  readonly retryAfter?: number;
}

/**
 * Recognizes the error that a session throws when the API responds with an error status: from `get`, `request` and the
 * other methods, and from an instance of `axios()`; from OAuth 1.0a sessions too. You do not need axios for it.
 * `session.fetch` does not throw for a status: check `response.ok`.
 *
 * @example
 * ```ts
 * import { isApiError, type Session } from "@grantkit/core";
 *
 * export async function findUser(session: Session, id: string): Promise<unknown> {
 *   try {
 *     return (await session.get(`/users/${encodeURIComponent(id)}`)).data;
 *   } catch (error) {
 *     if (isApiError(error) && error.status === 404) return undefined;
 *     throw error;
 *   }
 * }
 * ```
 */
export function isApiError(error: unknown): error is ApiError {
  return typeof error === "object" && error !== null && API_ERROR in error;
}

/** Marks an axios error as an answer of the API. Its fields read the response, which axios transforms after this. */
export function asApiError(error: AxiosError, retryAfter: number | undefined): AxiosError {
  return Object.defineProperties(error, {
    [API_ERROR]: { value: true },
    headers: { get: () => lowerCaseHeaders(error) },
    data: { get: () => error.response?.data },
    ...(retryAfter !== undefined && { retryAfter: { value: retryAfter, enumerable: true } }),
  });
}

function lowerCaseHeaders({ response }: AxiosError): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response?.headers ?? {})
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name.toLowerCase(), [value].flat().join(", ")]),
  );
}

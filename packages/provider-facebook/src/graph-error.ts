import type { OAuthErrorCode, ProviderErrorBody } from "@grantkit/core";

type Body = Readonly<Record<string, unknown>>;

/** Subcodes of a code that cannot be exchanged (any more): expired, another redirect URI, used. */
const CODE_SUBCODES = new Set([36007, 36008, 36009]);

/** The app's, the user's and the page's limits, and custom ones. */
const THROTTLES = new Set([4, 17, 32, 341, 613]);

/**
 * Reads the Graph API's error object, which the token endpoint uses too; undefined for any other body. Facebook's
 * `code`, `error_subcode` and `fbtrace_id` (which its support asks for) are kept in the error's `details`.
 *
 * @see https://developers.facebook.com/docs/graph-api/guides/error-handling
 */
export function readGraphError(body: Body): ProviderErrorBody | undefined {
  const { error } = body;
  if (typeof error !== "object" || error === null) return undefined;
  const { type, message } = error as Body;
  const details = Object.fromEntries(
    ["code", "error_subcode", "fbtrace_id", "is_transient"].flatMap((name) => {
      const value = (error as Body)[name];
      return isPlain(value) ? [[name, value] as const] : [];
    }),
  );
  return {
    error: typeof type === "string" ? type : "error",
    code: codeOf(details["code"], details["error_subcode"], String(message)),
    errorDescription: typeof message === "string" ? message : undefined,
    details,
  };
}

function codeOf(code: unknown, subcode: unknown, message: string): OAuthErrorCode | undefined {
  if (typeof code !== "number") return undefined;
  if (THROTTLES.has(code) || (code >= 80_000 && code <= 80_014)) return "RATE_LIMITED";
  if (typeof subcode === "number" && CODE_SUBCODES.has(subcode)) return "INVALID_GRANT";
  if (code === 101 || (code === 1 && /client secret/i.test(message))) return "INVALID_CLIENT";
  if (code === 1 || code === 2) return "SERVER_ERROR";
  // 102 and 190 with any subcode: logged out, password changed, expired, app removed.
  if (code === 102 || code === 190) return "TOKEN_REJECTED";
  if (code === 191) return "INVALID_REQUEST";
  return undefined;
}

function isPlain(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

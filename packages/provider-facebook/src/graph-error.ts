import type { OAuthErrorCode, ProviderErrorBody } from "@grantkit/core";

type Body = Readonly<Record<string, unknown>>;

/** Fields that are kept in the error's `details`; the `error_user_` texts are in the user's language. */
const DETAILS = [
  "code",
  "error_subcode",
  "fbtrace_id",
  "is_transient",
  "error_user_title",
  "error_user_msg",
];

/** Subcodes of an authorization code that cannot be exchanged: expired, sent with another redirect URI, or used. */
const CODE_SUBCODES = new Set<unknown>([36007, 36008, 36009]);

/** Our code for each of Facebook's codes, regardless of the status. */
const CODES = new Map<unknown, OAuthErrorCode>([
  [1, "SERVER_ERROR"],
  [2, "SERVER_ERROR"],
  // Rate limits of the app, the user and the page, and custom ones.
  [4, "RATE_LIMITED"],
  [17, "RATE_LIMITED"],
  [32, "RATE_LIMITED"],
  [341, "RATE_LIMITED"],
  [613, "RATE_LIMITED"],
  [101, "INVALID_CLIENT"],
  // With any subcode: logged out, password changed, expired, app removed.
  [102, "TOKEN_REJECTED"],
  [190, "TOKEN_REJECTED"],
  [191, "INVALID_REQUEST"],
]);

/**
 * Reads the Graph API's error object, which the token endpoint uses too. Returns undefined for any other body. Facebook's
 * `code`, `error_subcode` and `fbtrace_id` (which its support asks for) are kept in the error's `details`.
 *
 * @see https://developers.facebook.com/docs/graph-api/guides/error-handling
 */
export function readGraphError(body: Body): ProviderErrorBody | undefined {
  const { error } = body;
  if (typeof error !== "object" || error === null) return undefined;
  const { type, message: text } = error as Body;
  const message = typeof text === "string" ? text : undefined;
  const details = Object.fromEntries(
    DETAILS.flatMap((name) => {
      const value = (error as Body)[name];
      return isPlain(value) ? [[name, value] as const] : [];
    }),
  );
  return {
    error: typeof type === "string" ? type : "error",
    code: codeOf(details["code"], details["error_subcode"], message ?? ""),
    errorDescription: message,
    details,
  };
}

function codeOf(code: unknown, subcode: unknown, message: string): OAuthErrorCode | undefined {
  if (CODE_SUBCODES.has(subcode)) return "INVALID_GRANT";
  // A malformed code and a wrong PKCE verifier have no subcode, and 100 alone means any bad parameter.
  if (code === 100 && /verification code/i.test(message)) return "INVALID_GRANT";
  // Facebook's code for "unknown error" also stands for a wrong app secret.
  if (code === 1 && /client secret/i.test(message)) return "INVALID_CLIENT";
  const isBusinessThrottle = typeof code === "number" && code >= 80_000 && code <= 80_014;
  return isBusinessThrottle ? "RATE_LIMITED" : CODES.get(code);
}

function isPlain(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

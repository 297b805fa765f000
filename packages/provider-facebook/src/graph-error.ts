import type { OAuthErrorCode, ProviderErrorBody, TokenResponseHookValue } from "@grantkit/core";
import { type Fields, isObject, ownFields, readFields } from "@grantkit/core/requests";

/**
 * Why the Graph API refused a request, by Facebook's code and subcode.
 *
 * - `expired`, `revoked` (the user removed your app), `password_changed`, `invalid_token`: the user must sign in again;
 * - `checkpoint`, `unconfirmed`: the user must first sign in at facebook.com, and do what Facebook asks there;
 * - `permission`: the token lacks a permission; `page_role`: the user has lost the role on the page;
 * - `app_secret_proof`: the call needs `appSecretProof`, or the app secret is wrong;
 * - `throttled`: wait; `unavailable`: try again later; `blocked`: Facebook takes the call for abuse.
 *
 * @see https://developers.facebook.com/docs/graph-api/guides/error-handling
 */
export type FacebookErrorReason =
  | "app_secret_proof"
  | "blocked"
  | "checkpoint"
  | "expired"
  | "invalid_token"
  | "page_role"
  | "password_changed"
  | "permission"
  | "revoked"
  | "throttled"
  | "unavailable"
  | "unconfirmed";

/** The reason by the subcode of a token that is refused (codes 190 and 102). */
const TOKEN_REASONS = new Map<unknown, FacebookErrorReason>([
  [458, "revoked"],
  [459, "checkpoint"],
  [460, "password_changed"],
  [463, "expired"],
  [464, "unconfirmed"],
  [492, "page_role"],
]);

/** Fields that are kept in the error's `details`; the `error_user_` texts are in the user's language. */
const DETAILS = [
  "code",
  "error_subcode",
  "fbtrace_id",
  "is_transient",
  "error_user_title",
  "error_user_msg",
];

/** Our code for subcodes that say more than the code. */
const SUBCODES = new Map<unknown, OAuthErrorCode>([
  // An authorization code that cannot be exchanged: expired, sent with another redirect URI, or used.
  [36007, "INVALID_GRANT"],
  [36008, "INVALID_GRANT"],
  [36009, "INVALID_GRANT"],
  // The device login. That of a denial is seen in public code only: another one is thrown with its numbers.
  [1_349_152, "DEVICE_CODE_EXPIRED"],
  [1_349_172, "SLOW_DOWN"],
  [1_349_174, "AUTHORIZATION_PENDING"],
  [1_349_245, "ACCESS_DENIED"],
]);

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
 * `code`, `error_subcode` and `fbtrace_id` (which its support asks for) are kept in the error's `details`, with our `reason`.
 *
 * @see https://developers.facebook.com/docs/graph-api/guides/error-handling
 */
export function readGraphError(body: Fields): ProviderErrorBody | undefined {
  if (!isObject(body["error"])) return undefined;
  const error = readFields(body["error"]);
  const { type, message: text } = error;
  const message = typeof text === "string" ? text : undefined;
  const fields = DETAILS.map((name) => [name, error[name]] as const);
  const details = ownFields(Object.fromEntries(fields.filter(isPlain)));
  const { code: number, error_subcode: subcode } = details;
  const code = codeOf(number, subcode, message ?? "");
  const reason = reasonOf(code, number, subcode, message ?? "");
  return {
    error: typeof type === "string" ? type : "error",
    code,
    errorDescription: message,
    details: { ...details, ...(reason !== undefined && { reason }) },
  };
}

function reasonOf(
  code: OAuthErrorCode | undefined,
  number: unknown,
  subcode: unknown,
  message: string,
): FacebookErrorReason | undefined {
  if (code === "TOKEN_REJECTED") return TOKEN_REASONS.get(subcode) ?? "invalid_token";
  if (code === "RATE_LIMITED") return "throttled";
  if (code === "SERVER_ERROR") return "unavailable";
  if (number === 368) return "blocked";
  if (number === 100 && /appsecret_proof/i.test(message)) return "app_secret_proof";
  const isPermission = number === 10 || (Number(number) >= 200 && Number(number) <= 299);
  return isPermission ? "permission" : undefined;
}

function codeOf(code: unknown, subcode: unknown, message: string): OAuthErrorCode | undefined {
  const known = SUBCODES.get(subcode);
  if (known !== undefined) return known;
  // A malformed code and a wrong PKCE verifier have no subcode, and 100 alone means any bad parameter.
  if (code === 100 && /verification code/i.test(message)) return "INVALID_GRANT";
  // Facebook's code for "unknown error" also stands for a wrong app secret.
  if (code === 1 && /client secret/i.test(message)) return "INVALID_CLIENT";
  const isBusinessThrottle = typeof code === "number" && code >= 80_000 && code <= 80_014;
  return isBusinessThrottle ? "RATE_LIMITED" : CODES.get(code);
}

function isPlain(field: readonly [string, unknown]): field is [string, string | number | boolean] {
  return ["string", "number", "boolean"].includes(typeof field[1]);
}

/** A hook that puts the trace of an error response into its body, where Facebook sends it as a header only. */
export function withTraceOfHeader(response: TokenResponseHookValue): TokenResponseHookValue {
  const { headers, body } = response;
  const trace = ownFields(headers)["x-fb-trace-id"];
  const { error } = ownFields(body);
  return trace === undefined || !isObject(error)
    ? response
    : { ...response, body: { ...body, error: { fbtrace_id: trace, ...error } } };
}

import { challengeErrors } from "./challenge-errors.ts";
import { isObject, must, type OptionRule } from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";

/** An answer of the API, as an {@link ExpiredToken} function sees it. */
export interface ApiAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** A header's value, by its name in any letter case; undefined when it is absent. */
  readonly header: (name: string) => string | undefined;
  /**
   * The body: parsed if it is JSON, as text otherwise; undefined for one that is absent or longer than 64 KiB. It can
   * still be read by whoever sent the request.
   */
  readonly data: () => Promise<unknown>;
}

/** An answer by its status and the API's own word for it. */
export interface ExpiredTokenAnswer {
  /** The HTTP status, for example 403. */
  readonly status: number;
  /**
   * The API's word or number for an expired token: the value of `error`, `code`, `type`, `status`, `reason`, `error_code`,
   * `errorCode` or `errcode` in the JSON body or in its `error` object, or the `error` of the `WWW-Authenticate` header. Any answer of
   * the status counts when this is left out.
   */
  readonly error?: string | number;
}

/**
 * Which answers of an API say that the access token has expired, so that the session refreshes it and sends the request
 * once more. Answers that are named here count in addition to a 401 as RFC 6750 §3.1 has it; a function decides alone.
 *
 * @example
 * ```ts
 * import { defineProvider } from "@grantkit/core";
 *
 * export const example = defineProvider({
 *   name: "example",
 *   endpoints: { token: "https://id.example.com/token" },
 *   api: { baseUrl: "https://api.example.com" },
 *   expiredToken: { status: 403, error: "token_expired" },
 * });
 * ```
 */
export type ExpiredToken =
  | ExpiredTokenAnswer
  | readonly ExpiredTokenAnswer[]
  | ((answer: ApiAnswer) => boolean | Promise<boolean>);

/** Takes an `expiredToken` option. */
export const mustBeExpiredToken: OptionRule = must(
  "be { status, error }, an array of them, or a function",
  (value) => typeof value === "function" || [value].flat().every(isAnswer),
);

function isAnswer(value: unknown): boolean {
  const { status, error, ...rest } = ownFields(isObject(value) ? value : {});
  const isWord =
    error === undefined || typeof error === "number" || (typeof error === "string" && error !== "");
  return Number.isInteger(status) && isWord && Object.keys(rest).length === 0;
}

/**
 * Whether a 401 says that the token is bad. Some APIs send no challenge, which means it as well; a challenge that
 * says something else (RFC 6750 §3.1: insufficient_scope, invalid_request) does not.
 */
export function rejectsToken(status: number, challenge: string | null | undefined): boolean {
  if (status !== 401) return false;
  const [error] = challengeErrors(challenge);
  return error === undefined || error === "invalid_token";
}

/** Whether an answer says that the token has expired, by the provider's or the session's `expiredToken`. */
export async function isExpiredToken(expired: ExpiredToken, answer: ApiAnswer): Promise<boolean> {
  if (typeof expired === "function") return expired(answer);
  const { status } = answer;
  const challenge = answer.header("www-authenticate");
  if (rejectsToken(status, challenge)) return true;
  const named = [expired]
    .flat()
    .map(ownFields)
    .filter((each) => each.status === status);
  if (named.length === 0) return false;
  if (named.some(({ error }) => error === undefined)) return true;
  const words = [challengeErrors(challenge)[0], ...wordsOf(await answer.data())].map(String);
  return named.some(({ error }) => words.includes(String(error)));
}

/** Levels of an error body that may name its error: `error.error.code` is the deepest seen. */
const DEEPEST_WORD = 2;

const WORD_FIELDS = [
  "error",
  "code",
  "type",
  "status",
  "reason",
  "error_code",
  "errorCode",
  "errcode",
];

/** The words and numbers by which an error body names its error. */
function wordsOf(body: unknown, depth = 0): unknown[] {
  if (typeof body !== "object" || body === null || depth > DEEPEST_WORD) return [];
  const fields = ownFields(body as Readonly<Record<string, unknown>>);
  const { error, errors } = fields;
  const inner = [error, Array.isArray(errors) ? (errors[0] as unknown) : undefined];
  return [
    ...WORD_FIELDS.map((name) => fields[name]).filter(
      (word) => typeof word === "string" || typeof word === "number",
    ),
    ...inner.flatMap((each) => wordsOf(each, depth + 1)),
  ];
}

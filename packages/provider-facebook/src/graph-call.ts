import { OAuthError, type OAuthErrorCode, type OAuth2Session } from "@grantkit/core";
import {
  codeOfStatus,
  isObject,
  ownFields,
  type SessionRequestInit,
} from "@grantkit/core/requests";
import { readGraphError } from "./graph-error.ts";

/** The own fields of a parsed object. */
export type Fields = Readonly<Record<string, unknown>>;

const MAX_BYTES = 1_048_576;

/** What an error keeps of Facebook's texts: the others may repeat the token. */
const HARMLESS_TEXTS = new Set(["fbtrace_id", "reason"]);

/**
 * Calls the Graph API for a method of the client.
 *
 * @param what - What Facebook is asked to do, for errors: "list the user's permissions".
 * @returns The response's fields.
 * @throws OAuthError: `TOKEN_EXPIRED` before anything is sent, `TOKEN_REJECTED`, `RATE_LIMITED`, `SERVER_ERROR`,
 * `API_REQUEST_FAILED`, `RESPONSE_TOO_LARGE`, `NETWORK_ERROR`, ….
 */
export async function callGraph(
  session: OAuth2Session,
  what: string,
  path: string,
  init: SessionRequestInit = {},
): Promise<Fields> {
  // No redirect: the answer of another origin would not be Facebook's.
  const options = { ...init, redirect: "manual", maxContentLength: MAX_BYTES } as const;
  const response = await session.fetch(path, options);
  const body = fieldsOf(parsed(await response.text()));
  if (response.ok) return body;
  throw refusal(what, response, body);
}

/** Builds the error for a response that is not what was asked for. */
export function unusableAnswer(what: string): OAuthError {
  return new OAuthError(
    "API_REQUEST_FAILED",
    `Facebook was asked to ${what}, and its response is something else. Check the options version and endpoints, and any proxy in between.`,
    { provider: "facebook" },
  );
}

function refusal(what: string, { status, headers }: Response, body: Fields): OAuthError {
  const { code = codeOf(status), error, details = {} } = readGraphError(body) ?? {};
  const trace = headers.get("x-fb-trace-id");
  const kept = Object.entries(details).filter(
    ([name, value]) => typeof value !== "string" || HARMLESS_TEXTS.has(name),
  );
  return new OAuthError(
    code,
    `Facebook refused to ${what} with status ${status}. ${ADVICE[code] ?? "Look at the error's details."}`,
    {
      provider: "facebook",
      status,
      ...(error !== undefined && { error }),
      details: { ...(trace !== null && { fbtrace_id: trace }), ...Object.fromEntries(kept) },
      retryable: code === "RATE_LIMITED" || code === "SERVER_ERROR",
    },
  );
}

function codeOf(status: number): OAuthErrorCode {
  return status === 401 ? "TOKEN_REJECTED" : (codeOfStatus(status) ?? "API_REQUEST_FAILED");
}

const ADVICE: Partial<Record<OAuthErrorCode, string>> = {
  RATE_LIMITED: "Wait before the next call.",
  SERVER_ERROR: "Try again later.",
  TOKEN_REJECTED: "Let the user sign in again.",
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The own fields of what should be an object. */
export function fieldsOf(value: unknown): Fields {
  return ownFields(isObject(value) ? value : {});
}

/** Reads a list of a response; undefined for anything else. */
export function listOf(value: unknown): readonly Fields[] | undefined {
  return Array.isArray(value) ? value.map(fieldsOf) : undefined;
}

/** Reads a text, or a number that older versions of the API send for an ID; undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Reads seconds since the epoch; 0 is never, and what is no time is undefined. */
export function dateOf(value: unknown): Date | undefined {
  const isTime = typeof value === "number" && value > 0 && value <= 8_640_000_000_000;
  return isTime ? new Date(value * 1000) : undefined;
}

/** Reads a number of seconds, at most ten years; undefined for anything else, and for 0. */
export function secondsOf(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 && value <= 315_360_000 ? value : undefined;
}

import { isOAuthError, type Session } from "@grantkit/core";
import { isAxiosError } from "axios";
import { maskBody } from "./masking.ts";
import type { Result } from "./result.ts";

/** Calls the API, and says how that went. */
export function callApi(session: Session, path: string, title: string): Promise<Result> {
  return resultOf(title, () => session.get<unknown>(path));
}

/** Sends a request, and says how that went. */
export async function resultOf(
  title: string,
  send: () => Promise<{ readonly data: unknown }>,
): Promise<Result> {
  try {
    const { data } = await send();
    return { title, text: maskBody(JSON.stringify(data)), failed: false };
  } catch (error) {
    return { title, text: failureText(error), failed: true };
  }
}

/** What went wrong, for a page; what is neither ours nor axios's goes on. */
export function failureText(error: unknown): string {
  if (isOAuthError(error)) return `${error.code}\n${error.message}`;
  if (!isAxiosError<unknown>(error)) throw error;
  if (!error.response) return error.message;
  const { data } = error.response;
  // A form is text as it is, and OAuth 1.0a says its problems in one.
  const body = maskBody(typeof data === "string" ? data : JSON.stringify(data));
  return `${error.message}\n${typeof data === "string" ? body.split("&").join("\n") : body}`;
}

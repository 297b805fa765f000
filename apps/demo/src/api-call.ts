import { isOAuthError, type OAuth2Session } from "@grantkit/core";
import { isAxiosError } from "axios";
import { maskBody } from "./masking.ts";
import type { Result } from "./visitors.ts";

/** Calls the API, and says how that went. */
export async function callApi(
  session: OAuth2Session,
  path: string,
  title: string,
): Promise<Result> {
  try {
    const { data } = await session.get<unknown>(path);
    return { title, text: maskBody(JSON.stringify(data)), failed: false };
  } catch (error) {
    return { title, text: failureText(error), failed: true };
  }
}

/** What went wrong, for a page; what is neither ours nor axios's goes on. */
export function failureText(error: unknown): string {
  if (isOAuthError(error)) return `${error.code}\n${error.message}`;
  if (!isAxiosError<unknown>(error)) throw error;
  const body = error.response ? `\n${maskBody(JSON.stringify(error.response.data))}` : "";
  return `${error.message}${body}`;
}

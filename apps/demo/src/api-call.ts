import { isApiError, isOAuthError } from "@grantkit/core";
import { maskBody } from "./exchanges/masking.ts";

/** The result of a button, for the account's page. */
export interface ApiResult {
  readonly title: string;
  readonly text: string;
  readonly failed: boolean;
}

/** Sends an API request and returns its result. */
export async function callApi(
  title: string,
  send: () => Promise<{ readonly data: unknown }>,
): Promise<ApiResult> {
  try {
    const { data } = await send();
    return { title, text: maskBody(JSON.stringify(data)), failed: false };
  } catch (error) {
    return failure(title, error);
  }
}

/** Describes what a Grantkit session threw; any other error is thrown again. */
export function failure(title: string, error: unknown): ApiResult {
  if (isOAuthError(error)) {
    return { title, text: `${error.code}\n${error.message}`, failed: true };
  }
  if (!isApiError(error)) throw error;
  const { message, data } = error;
  // OAuth 1.0a reports its problems as a form, which the session does not parse.
  const body =
    typeof data === "string"
      ? maskBody(data).split("&").join("\n")
      : maskBody(JSON.stringify(data));
  return { title, text: `${message}\n${body}`, failed: true };
}

import { jsonReply } from "../oauth/replies.ts";

/** An error of the REST API; `status` in its body is a string. */
export function apiError(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  documentation: string = "https://docs.github.com/rest",
): Response {
  const body = { message, documentation_url: documentation, status: String(status) };
  return jsonReply(body, status, headers);
}

/** The reply to a resource that there is not, or that the token may not know of. */
export function notFound(): Response {
  return apiError(404, "Not Found");
}

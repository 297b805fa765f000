import { jsonReply } from "../oauth/replies.ts";

/** An error as Google's OAuth endpoints word it. */
export function oauthError(error: string, description: string, status: number = 400): Response {
  return jsonReply({ error, error_description: description }, status);
}

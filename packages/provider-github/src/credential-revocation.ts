import type { OAuth2Client } from "@grantkit/core";
import { mustBeListOf, throwProblems } from "@grantkit/core/requests";
import { callGitHub } from "./rest-call.ts";

const MOST_CREDENTIALS = 1000;

const mustBeTokens = mustBeListOf(
  "tokens",
  "be a token",
  (token) => typeof token === "string" && /^[\x21-\x7e]+$/.test(token),
);

/** Reports leaked tokens, which GitHub then revokes. */
export async function revokeLeakedCredentials(
  client: OAuth2Client,
  given: readonly string[],
): Promise<void> {
  // JavaScript callers may pass nothing; the error then says what is missing.
  const credentials = given ?? [];
  const problems = [...mustBeTokens(credentials, "credentials", {})];
  if (problems.length === 0 && (credentials.length === 0 || credentials.length > MOST_CREDENTIALS))
    problems.push(`credentials must have 1 to ${MOST_CREDENTIALS} entries`);
  throwProblems("revokeCredentials()", problems, "github");
  await callGitHub(client.session({ accessToken: "none" }, { refresh: "manual" }), {
    method: "POST",
    url: "/credentials/revoke",
    json: { credentials },
    withholdToken: true,
    secrets: credentials,
    what: "the report of leaked credentials",
  });
}

import type { OAuth2Client } from "@grantkit/core";
import { matches, mustBeListOf, throwProblems } from "@grantkit/core/requests";
import { callGitHub } from "./rest-call.ts";

const MOST = 1000;
const mustBeTokens = mustBeListOf("tokens", "be a token", matches(/^[\x21-\x7e]+$/), MOST);

/** Reports leaked tokens, which GitHub then revokes. */
export async function revokeLeakedCredentials(
  client: OAuth2Client,
  given: readonly string[],
): Promise<void> {
  // JavaScript callers may pass nothing; the error then says what is missing.
  const credentials = given ?? [];
  throwProblems("revokeCredentials()", mustBeTokens(credentials, "credentials", {}), "github");
  await callGitHub(client.session({ accessToken: "none" }, { refresh: "manual" }), {
    method: "POST",
    url: "/credentials/revoke",
    json: { credentials },
    withholdToken: true,
    secrets: credentials,
    what: "the report of leaked credentials",
  });
}

import { ConfigurationError, type OAuth2Client } from "@grantkit/core";
import { clockOf, mustBeListOf } from "@grantkit/core/requests";
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
  credentials: readonly string[],
): Promise<void> {
  const problems = mustBeTokens(credentials, "credentials", {}).slice();
  if (problems.length === 0 && (credentials.length === 0 || credentials.length > MOST_CREDENTIALS))
    problems.push(`credentials must have 1 to ${MOST_CREDENTIALS} entries`);
  if (problems.length > 0) throw new ConfigurationError("revokeCredentials()", problems, "github");
  await callGitHub(client.session({ accessToken: "none" }, { refresh: "manual" }), {
    method: "POST",
    path: "/credentials/revoke",
    json: { credentials },
    anonymous: true,
    secrets: credentials,
    what: "the report of leaked credentials",
    isAbsent: (status) => status === ACCEPTED,
    now: () => clockOf(client).now(),
  });
}

/** The status of a success, whose body says nothing. */
const ACCEPTED = 202;

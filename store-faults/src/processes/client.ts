import { defineProvider, OAuth2Client } from "@grantkit/core";
import { GitHubClient } from "@grantkit/provider-github";
import type { ClientDescription } from "./task.ts";

const REDIRECT_URI = "http://127.0.0.1:1/callback";

/** Makes the client of a provider; the same one in every process. */
export function clientOf(description: ClientDescription): OAuth2Client {
  const { provider, clientId, clientSecret, endpoints } = description;
  // A busy machine must not make a difference.
  const timeout = 60_000;
  const options = { clientId, clientSecret, redirectUri: REDIRECT_URI, timeout };
  if (provider === "github") return new GitHubClient({ ...options, endpoints });
  const { issuer = "", token = "", ...others } = endpoints;
  return new OAuth2Client(
    defineProvider({
      name: "certified",
      issuer,
      endpoints: { ...others, token },
      api: { baseUrl: issuer },
    }),
    options,
  );
}

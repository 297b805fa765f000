import { type GitHubEmulator, startGitHub } from "@grantkit/emulator";
import { GitHubClient, type Token } from "@grantkit/provider-github";
import type { Started } from "./started.ts";

/** A user who has signed in at a provider that revokes all tokens when a refresh token is used twice. */
export interface SignedIn {
  readonly emulator: GitHubEmulator;
  readonly token: Token;
  readonly makeClient: () => GitHubClient;
  /** The refresh tokens that the provider was sent. */
  readonly sent: () => readonly unknown[];
}

export async function signIn(started: Started): Promise<SignedIn> {
  const starting = startGitHub({ expiringTokens: true });
  const emulator = await started.keep(starting, (each) => each.close());
  const { clientId, clientSecret, endpoints } = emulator;
  const redirectUri = "http://127.0.0.1:1/callback";
  const makeClient = () => new GitHubClient({ clientId, clientSecret, endpoints, redirectUri });
  const client = makeClient();
  const request = await client.authorizationRequest();
  const token = await client.fetchToken(await emulator.authorize(request.url), request);
  const sent = () =>
    emulator.requests
      .map(({ body }) => body["refresh_token"])
      .filter((refreshToken) => refreshToken !== undefined);
  return { emulator, token, makeClient, sent };
}

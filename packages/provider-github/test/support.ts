import { type GitHubEmulator, type GitHubOptions, startGitHub } from "@grantkit/emulator";
import { GitHubClient, type GitHubClientOptions, type Token } from "@grantkit/provider-github";

/** A GitHub on this machine, and a client for it. */
export async function startedGitHub(
  switches: GitHubOptions = {},
  options: Partial<GitHubClientOptions> = {},
): Promise<{ emulator: GitHubEmulator; client: GitHubClient }> {
  const emulator = await startGitHub(switches);
  const client = new GitHubClient({
    clientId: emulator.clientId,
    clientSecret: emulator.clientSecret,
    redirectUri: "http://127.0.0.1:8080/callback",
    endpoints: emulator.endpoints,
    ...options,
  });
  return { emulator, client };
}

/** Signs a user in as a person would. */
export async function signIn(
  client: GitHubClient,
  emulator: GitHubEmulator,
  { user = "ada-l", scope }: { user?: string; scope?: readonly string[] } = {},
): Promise<Token> {
  const request = await client.authorizationRequest(scope ? { scope } : {});
  return client.fetchToken(await emulator.authorize(request.url, { user }), request);
}

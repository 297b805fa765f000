import { expect, it } from "@jest/globals";
import { startGitHub } from "@grantkit/emulator";
import { GitHubClient, type GitHubScope, type OAuth2Client } from "@grantkit/provider-github";
import { describeLazyClient } from "../../core/test/support/provider-lazy-client.ts";

describeLazyClient("GitHub", startGitHub, (options) => new GitHubClient(options));

it("a client whose options are a function deletes a token, even as its first use", async () => {
  const emulator = await startGitHub();
  const { clientId, clientSecret, endpoints } = emulator;
  const options = { clientId, clientSecret, endpoints, redirectUri: "http://127.0.0.1:1/callback" };
  const signedIn = new GitHubClient(() => options);
  const request = await signedIn.authorizationRequest();
  const token = await signedIn.fetchToken(await emulator.authorize(request.url), request);
  await new GitHubClient(() => options).deleteToken(token);
  await expect(signedIn.profile(token)).rejects.toMatchObject({ code: "TOKEN_REJECTED" });
  await emulator.close();
});

it("the host of the function's options decides which GitHub it is", () => {
  const client = new GitHubClient(() => ({ clientId: "id", host: "github.acme.com" }));
  expect(client.provider.endpoints.token).toBe("https://github.acme.com/login/oauth/access_token");
});

// tsc is what tests this: an unused @ts-expect-error is an error of its own.
it("the scopes are GitHub's, and the function needs a client ID", async () => {
  const client: OAuth2Client<GitHubScope> = new GitHubClient(() => ({ clientId: "id" }));
  expect(client.provider.name).toBe("github");
  // @ts-expect-error -- no client ID
  const without = new GitHubClient(() => ({ host: "github.com" }));
  await expect(without.authorizationRequest()).rejects.toThrow("clientId is missing");
});

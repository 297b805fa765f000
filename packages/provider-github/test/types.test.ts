import { expect, it } from "@jest/globals";
import { MemoryTokenStore, Token, GitHubClient, type GitHubScope } from "@grantkit/provider-github";

// tsc is what tests this file: an unused @ts-expect-error is an error of its own.
it("scopes are an open union, and only GitHub's own options are taken", async () => {
  const github = new GitHubClient({
    clientId: "id",
    redirectUri: "https://app.example.com/callback",
  });
  const known: GitHubScope = "read:user";
  // @ts-expect-error -- the union itself is closed: a misspelled constant is found
  const misspelled: GitHubScope = "read:users";
  const request = await github.authorizationRequest({
    scope: [known, misspelled, "brand:new"],
    login: "ada-l",
    allowSignup: false,
    prompt: "select_account",
  });
  expect(request.scope).toHaveLength(3);
  // @ts-expect-error -- GitHub does not know this prompt
  await github.authorizationRequest({ prompt: "consent" });
  // @ts-expect-error -- an option of Google's
  const foreign = github.authorizationRequest({ loginHint: "ada-l" });
  await expect(foreign).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
});

it("profile() of a client and of its sessions has GitHub's own fields", async () => {
  const github = new GitHubClient({
    clientId: "id",
    // One answer for every request.
    http: {
      adapter: (config) => {
        const data = Buffer.from(JSON.stringify({ id: 1, company: "Navy" }));
        return Promise.resolve({ status: 200, statusText: "", data, headers: {}, config });
      },
    },
  });
  const token = { accessToken: "at" };
  const store = new MemoryTokenStore();
  const stored = await github.storedSession({ store, key: "user", token: Token.from(token) });
  for (const profiled of [
    github.profile(token),
    github.session(token).profile(),
    stored.profile(),
  ]) {
    const profile = await profiled;
    const company: string | null | undefined = profile.raw.company;
    expect([company]).toEqual(["Navy"]);
  }
});

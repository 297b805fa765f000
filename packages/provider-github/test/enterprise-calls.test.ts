import { expect, it } from "@jest/globals";
import { GitHubClient } from "@grantkit/provider-github";

it.each([
  ["github.acme.com", "https://github.acme.com/api/v3", undefined],
  ["octo.ghe.com", "https://api.octo.ghe.com", "2026-03-10"],
  [undefined, "https://api.github.com", "2026-03-10"],
])("every call of the client goes to the API of %s", async (host, api, version) => {
  const sent: string[] = [];
  const versions = new Set<unknown>();
  const client = new GitHubClient({
    clientId: "id",
    clientSecret: "secret",
    redirectUri: "https://app.example.com/callback",
    host,
    http: {
      adapter: (config) => {
        sent.push(`${config.method?.toUpperCase()} ${config.url}`);
        versions.add(config.headers.get("X-GitHub-Api-Version") ?? undefined);
        const isList = config.url?.includes("emails") === true;
        const data = isList ? "[]" : JSON.stringify({ id: 1, login: "a", token: "gho_2" });
        return Promise.resolve({ status: 200, statusText: "", data, headers: {}, config });
      },
    },
  });
  const token = { accessToken: "gho_1" };
  await client.checkToken(token);
  await client.resetToken(token);
  await client.fetchScopedToken(token, { target: "octo" });
  await client.emails(token);
  await client.profile(token);
  await client.deleteGrant(token);
  await client.deleteToken(token);
  expect(sent).toEqual([
    `POST ${api}/applications/id/token`,
    `PATCH ${api}/applications/id/token`,
    `POST ${api}/applications/id/token/scoped`,
    `GET ${api}/user/emails?per_page=100`,
    `GET ${api}/user`,
    `GET ${api}/user/emails?per_page=100`,
    `DELETE ${api}/applications/id/grant`,
    `DELETE ${api}/applications/id/token`,
  ]);
  expect([...versions]).toEqual([version]);
});

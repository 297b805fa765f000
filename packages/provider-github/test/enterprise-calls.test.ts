import { generateKeyPairSync } from "node:crypto";
import { expect, it } from "@jest/globals";
import { GitHubApp, GitHubClient } from "@grantkit/provider-github";

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
    `GET ${api}/user/emails?per_page=100&page=1`,
    `GET ${api}/user`,
    `GET ${api}/user/emails?per_page=100&page=1`,
    `DELETE ${api}/applications/id/grant`,
    `DELETE ${api}/applications/id/token`,
  ]);
  expect([...versions]).toEqual([version]);
});

it.each([
  ["github.acme.com", "https://github.acme.com/api/graphql"],
  ["octo.ghe.com", "https://api.octo.ghe.com/graphql"],
  ["github.com", "https://api.github.com/graphql"],
])("a device sign-in and GraphQL go to %s", async (host, graphql) => {
  const sent: string[] = [];
  const device = { device_code: "d", user_code: "AB-CD", verification_uri: "https://x.example/d" };
  const client = new GitHubClient({
    clientId: "id",
    host,
    http: {
      adapter: (config) => {
        sent.push(`${config.method?.toUpperCase()} ${config.url}`);
        const json = JSON.stringify({ ...device, expires_in: 900, data: { viewer: {} } });
        const isBinary = config.responseType === "arraybuffer";
        const data = isBinary ? new TextEncoder().encode(json).buffer : json;
        return Promise.resolve({ status: 200, statusText: "", data, headers: {}, config });
      },
    },
  });
  await client.fetchDeviceAuthorization();
  await client.graphql(client.session({ accessToken: "gho_1" }), "query { viewer { login } }");
  expect(sent).toEqual([`POST https://${host}/login/device/code`, `POST ${graphql}`]);
});

it("an app calls the API of an Enterprise Server and of GHE.com", async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const sent: string[] = [];
  for (const host of ["github.acme.com", "octo.ghe.com"]) {
    const elsewhere = new GitHubApp({
      clientId: "id",
      privateKey,
      host,
      http: {
        adapter: (config) => {
          sent.push(String(config.url));
          const data = JSON.stringify({ token: "ghs_1.2", expires_at: "2999-01-01T00:00:00Z" });
          return Promise.resolve({ status: 201, statusText: "", data, headers: {}, config });
        },
      },
    });
    await elsewhere.installationSession(7).get("/installation/repositories");
  }
  expect(sent).toEqual([
    "https://github.acme.com/api/v3/app/installations/7/access_tokens",
    "https://github.acme.com/api/v3/installation/repositories",
    "https://api.octo.ghe.com/app/installations/7/access_tokens",
    "https://api.octo.ghe.com/installation/repositories",
  ]);
});

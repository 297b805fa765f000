import { expect, it } from "@jest/globals";
import { mailchimp } from "../src/mailchimp.ts";
import { ProviderServer } from "./support/provider-server.ts";

const server = await ProviderServer.startForFile();

const client = server.client(mailchimp({ dataCenter: "us6" }));

it.each([
  ["scope first", { scope: null, expires_in: 0, access_token: "at-1", refresh_token: "rt-1" }],
  ["lifetime first", { expires_in: 0, scope: null, refresh_token: "rt-1", access_token: "at-1" }],
  ["a lifetime in a string", { access_token: "at-1", refresh_token: "rt-1", expires_in: "0" }],
])("reads a token that never ends, and a scope that is null: %s", async (_name, body) => {
  server.token = () => ({ body });
  const token = await server.signIn(client);
  const renewed = await client.refreshToken(token);
  for (const { expiresAt, scope } of [token, renewed]) {
    expect(expiresAt).toBeUndefined();
    expect(scope).toEqual([]);
  }
  server.time += 365 * 86_400_000;
  await client.session(renewed).get("/lists");
  expect(server.apiRequests[0]?.headers.authorization).toBe("Bearer at-1");
});

it("keeps a lifetime other than 0", async () => {
  server.token = () => ({ body: { access_token: "at-1", expires_in: 60 } });
  expect((await server.signIn(client)).expiresAt).toEqual(new Date(server.time + 60_000));
});

it("reads the account", async () => {
  server.api = () => ({ body: { account_id: "acc", email: "ada@example.com" } });
  await expect(client.profile({ accessToken: "at-1" })).resolves.toMatchObject({
    id: "acc",
    email: "ada@example.com",
  });
  expect(server.apiRequests[0]?.url).toBe("/api/");
});

it("uses the API of the data center, and refuses an invalid name", () => {
  expect(mailchimp({ dataCenter: "us19" }).api?.baseUrl).toBe("https://us19.api.mailchimp.com/3.0");
  expect(() => mailchimp({ dataCenter: "evil.example/" })).toThrow(/dataCenter must be/);
});

it("reads errors", async () => {
  server.token = () => ({ status: 400, body: { error: "invalid_grant" } });
  await expect(server.signIn(client)).rejects.toMatchObject({ code: "INVALID_GRANT" });
});

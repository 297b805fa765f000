import { expect, it } from "@jest/globals";
import { ebay } from "../src/ebay.ts";
import { ProviderServer } from "./support/provider-server.ts";

const server = await ProviderServer.startForFile();

const client = server.client(
  ebay({ ruName: "Acme-App-PRD-1" }),
  { ...server.places, userInfo: `${server.origin}/api/user` },
  { clientId: "Acme-App-PRD-2", clientSecret: "PRD-3_4+5" },
);

it.each([
  ["User Access Token", "u"],
  ["Application Access Token", "a"],
])("%s is a bearer token, from sign-in and refresh", async (token_type, kind) => {
  server.token = ({ body }) => ({
    body: {
      access_token: body.includes("grant_type=refresh_token") ? `at-2-${kind}` : `at-1-${kind}`,
      refresh_token: `rt-${kind}`,
      expires_in: 7200,
      token_type,
    },
  });
  const token = await server.signIn(client);
  const renewed = await client.refreshToken(token);
  expect([token.tokenType, renewed.tokenType]).toEqual(["bearer", "bearer"]);
  server.api = () => ({ body: { userId: "u1", username: "ada" } });
  await expect(client.profile(renewed)).resolves.toMatchObject({ id: "u1", username: "ada" });
  expect(server.apiRequests[0]?.headers.authorization).toBe(`Bearer at-2-${kind}`);
});

it("sends the registered name as redirect_uri, in both requests", async () => {
  server.token = () => ({ body: { access_token: "at-1", token_type: "User Access Token" } });
  let url = "";
  await server.signIn(client, (request) => (url = request.url));
  expect(new URL(url).searchParams.get("redirect_uri")).toBe("Acme-App-PRD-1");
  expect(server.tokenForms[0]).toMatchObject({ redirect_uri: "Acme-App-PRD-1" });
});

it("sends ID and secret unencoded in HTTP Basic, in sign-in and refresh", async () => {
  server.token = () => ({ body: { access_token: "at-basic", refresh_token: "rt-basic" } });
  await client.refreshToken(await server.signIn(client));
  const basic = `Basic ${btoa("Acme-App-PRD-2:PRD-3_4+5")}`;
  expect(server.tokenRequests.map(({ headers }) => headers.authorization)).toEqual([basic, basic]);
});

it("refuses a token type that is not one of eBay's titles", async () => {
  server.token = () => ({ body: { access_token: "at-1", token_type: "Some Other Token" } });
  await expect(server.signIn(client)).rejects.toMatchObject({
    code: "TOKEN_RESPONSE_INVALID",
    details: { field: "token_type" },
  });
});

it("reads errors", async () => {
  server.token = () => ({ status: 401, body: { error: "invalid_client" } });
  await expect(server.signIn(client)).rejects.toMatchObject({ code: "INVALID_CLIENT" });
});

it("uses the sandbox's hosts if asked to", () => {
  expect(ebay({ ruName: "x", sandbox: true }).endpoints.token).toBe(
    "https://api.sandbox.ebay.com/identity/v1/oauth2/token",
  );
});

import { expect, it } from "@jest/globals";
import { plentymarkets } from "../src/plentymarkets.ts";
import { ProviderServer } from "./support/provider-server.ts";

const server = await ProviderServer.startForFile();

const client = server.client(plentymarkets({ shopUrl: server.origin }), {
  ...server.places,
});

it("reads camelCase, in sign-in and refresh", async () => {
  server.token = ({ body }) => ({
    body: {
      tokenType: "Bearer",
      expiresIn: 86_400,
      accessToken: body.includes("refresh_token") ? "at-2" : "at-1",
      refreshToken: "rt-1",
      plentyId: 12,
    },
  });
  const token = await server.signIn(client);
  expect(token).toMatchObject({
    accessToken: "at-1",
    refreshToken: "rt-1",
    expiresAt: new Date(server.time + 86_400_000),
    raw: { plenty_id: 12 },
  });
  const renewed = await client.refreshToken(token);
  expect(renewed.accessToken).toBe("at-2");
  server.api = () => ({ body: { id: 3 } });
  await expect(client.profile(renewed)).resolves.toMatchObject({ id: "3" });
  expect(server.apiRequests[0]?.headers.authorization).toBe("Bearer at-2");
});

it("does not change a response that is not JSON or not 200", async () => {
  server.token = () => ({ body: "accessToken=at-1&tokenType=Bearer" });
  await expect(server.signIn(client)).rejects.toMatchObject({
    code: "TOKEN_RESPONSE_INVALID",
    details: { field: "access_token" },
  });
  server.token = () => ({ status: 400, body: { error: "invalid_grant", shopId: 12 } });
  await expect(server.signIn(client)).rejects.toMatchObject({
    code: "INVALID_GRANT",
    details: { shopId: 12 },
  });
});

it("uses the shop's host, and refuses plain http", () => {
  expect(plentymarkets({ shopUrl: "https://shop.example/" }).endpoints.token).toBe(
    "https://shop.example/rest/oauth/access_token",
  );
  expect(() => plentymarkets({ shopUrl: "http://shop.example" })).toThrow(/must use https/);
});

import { expect, it } from "@jest/globals";
import { discord } from "../src/discord.ts";
import { ProviderServer } from "./support/provider-server.ts";

const server = await ProviderServer.startForFile();

const client = server.client(discord);

it("signs in, refreshes and reads the user", async () => {
  server.token = ({ body }) => ({
    body: {
      access_token: body.includes("grant_type=refresh_token") ? "at-2" : "at-1",
      refresh_token: "rt-1",
      token_type: "Bearer",
      expires_in: 604_800,
      scope: "identify email",
    },
  });
  const token = await server.signIn(client, ({ url }) => {
    expect(new URL(url).searchParams.get("scope")).toBe("identify email");
  });
  expect(server.tokenForms[0]).toMatchObject({ code: "the-code", client_secret: "s3cret" });
  const renewed = await client.refreshToken(token);
  const raw = { id: "80351110224678912", username: "ada", email: "a@example.com", verified: false };
  server.api = () => ({ body: raw });
  await expect(client.profile(renewed)).resolves.toEqual({
    id: "80351110224678912",
    username: "ada",
    name: undefined,
    email: "a@example.com",
    emailVerified: false,
    locale: undefined,
    raw,
  });
  expect(server.apiRequests[0]).toMatchObject({
    url: "/api/users/@me",
    headers: { authorization: "Bearer at-2" },
  });
});

it("reads errors", async () => {
  server.token = () => ({ status: 400, body: { error: "invalid_grant" } });
  await expect(server.signIn(client)).rejects.toMatchObject({ code: "INVALID_GRANT" });
  server.api = () => ({ status: 401, body: { message: "401: Unauthorized", code: 0 } });
  await expect(client.profile({ accessToken: "at" })).rejects.toMatchObject({
    code: "TOKEN_REJECTED",
  });
});

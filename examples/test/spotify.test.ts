import { expect, it } from "@jest/globals";
import { spotify } from "../src/spotify.ts";
import { ProviderServer } from "./support/provider-server.ts";

const server = await ProviderServer.startForFile();

const client = server.client(spotify);

it("authenticates the client with HTTP Basic only, in sign-in and refresh", async () => {
  server.token = ({ body }) => ({
    body: {
      access_token: body.includes("grant_type=refresh_token") ? "at-2" : "at-1",
      refresh_token: "rt-1",
      token_type: "Bearer",
      expires_in: 3600,
    },
  });
  const session = client.session(await server.signIn(client));
  server.time += 3_600_000;
  await session.get("/me/playlists");
  expect(server.apiRequests[0]?.headers.authorization).toBe("Bearer at-2");
  const basic = `Basic ${btoa("client:s3cret")}`;
  expect(server.tokenRequests.map(({ headers }) => headers.authorization)).toEqual([basic, basic]);
  expect(server.tokenForms.map((form) => form["client_secret"])).toEqual([undefined, undefined]);
});

it("reads the user", async () => {
  server.api = () => ({ body: { id: "ada", display_name: "Ada", email: "a@example.com" } });
  const profile = await client.profile({ accessToken: "at-1" });
  expect(profile).toMatchObject({ id: "ada", name: "Ada", email: "a@example.com" });
  expect(profile.emailVerified).toBeUndefined();
});

it("reads errors", async () => {
  server.token = () => ({ status: 400, body: { error: "invalid_grant" } });
  await expect(server.signIn(client)).rejects.toMatchObject({ code: "INVALID_GRANT" });
});

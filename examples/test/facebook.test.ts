import { expect, it } from "@jest/globals";
import { facebook } from "../src/facebook.ts";
import { ProviderServer } from "./support/provider-server.ts";

const server = await ProviderServer.startForFile();

const client = server.client(facebook);

it("reads a text/plain form and its lifetime, in sign-in and refresh", async () => {
  server.token = () => ({ body: "access_token=at-1&refresh_token=rt-1&expires=5184000" });
  const token = await server.signIn(client);
  expect(token).toMatchObject({
    accessToken: "at-1",
    tokenType: "bearer",
    expiresAt: new Date(server.time + 5_184_000_000),
  });
  server.token = () => ({ body: "access_token=at-2&expires=60" });
  const renewed = await client.refreshToken(token);
  expect(renewed).toMatchObject({ accessToken: "at-2", expiresAt: new Date(server.time + 60_000) });
});

it("does not change a JSON response", async () => {
  server.token = () => ({ body: { access_token: "at-1", expires: 60 } });
  const token = await server.signIn(client);
  expect(token.expiresAt).toBeUndefined();
  expect(token.raw).toEqual({ expires: 60 });
});

it("sends the token and reads the user", async () => {
  server.api = () => ({ body: { id: "42", name: "Ada" } });
  await expect(client.profile({ accessToken: "at-1" })).resolves.toMatchObject({
    id: "42",
    name: "Ada",
  });
  expect(server.apiRequests[0]).toMatchObject({
    url: "/api/me",
    headers: { authorization: "Bearer at-1" },
  });
});

it("reads errors that are sent as forms", async () => {
  server.token = () => ({ status: 400, body: "error=invalid_grant&error_description=Used." });
  await expect(server.signIn(client)).rejects.toMatchObject({
    code: "INVALID_GRANT",
    errorDescription: "Used.",
  });
});

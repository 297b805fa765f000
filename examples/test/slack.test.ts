import { expect, it } from "@jest/globals";
import { slack } from "../src/slack.ts";
import { ProviderServer } from "./support/provider-server.ts";

const server = await ProviderServer.startForFile();

const client = server.client(slack);
const session = client.session({ accessToken: "at-1" });
const sent = (): (string | undefined)[][] =>
  server.apiRequests.map(({ url, body, headers }) => [url, body, headers.authorization]);

it("adds the token to a form", async () => {
  await session.post("/chat.postMessage", new URLSearchParams({ channel: "C1", text: "a&b" }));
  await session.fetch("/chat.postMessage", {
    method: "POST",
    body: new URLSearchParams({ channel: "C1" }),
  });
  expect(sent()).toEqual([
    ["/api/chat.postMessage", "channel=C1&text=a%26b&token=at-1", undefined],
    ["/api/chat.postMessage", "channel=C1&token=at-1", undefined],
  ]);
});

it("adds the token to the query of a request without a form", async () => {
  await session.get("/users.list", { params: { limit: 2 } });
  await session.fetch("/users.list");
  await session.post("/chat.postMessage", { channel: "C1" });
  expect(sent()).toEqual([
    ["/api/users.list?limit=2&token=at-1", "", undefined],
    ["/api/users.list?token=at-1", "", undefined],
    ["/api/chat.postMessage?token=at-1", '{"channel":"C1"}', undefined],
  ]);
});

it("adds no token if the caller set one in the query or form", async () => {
  await session.get("/users.list?token=mine");
  await session.fetch("/users.list?token=mine");
  await session.post("/users.list", new URLSearchParams({ token: "mine" }));
  await session.fetch("/users.list", {
    method: "POST",
    body: new URLSearchParams({ token: "mine" }),
  });
  expect(sent()).toEqual([
    ["/api/users.list?token=mine", "", undefined],
    ["/api/users.list?token=mine", "", undefined],
    ["/api/users.list", "token=mine", undefined],
    ["/api/users.list", "token=mine", undefined],
  ]);
});

it("signs in and refreshes with bot and user tokens and comma-separated scopes", async () => {
  server.token = ({ body }) => ({
    body: {
      ok: true,
      access_token: body.includes("refresh_token") ? "at-2" : "at-1",
      refresh_token: "rt-1",
      token_type: "bot",
      scope: "chat:write,users:read",
      expires_in: 43_200,
    },
  });
  const token = await server.signIn(client);
  expect(token).toMatchObject({ tokenType: "bearer", scope: ["chat:write", "users:read"] });
  expect(token.raw).toMatchObject({ token_owner: "bot" });
  const renewed = await client.refreshToken(token);
  expect(renewed).toMatchObject({ accessToken: "at-2", tokenType: "bearer" });
  server.api = () => ({ body: { ok: true, user_id: "U1", user: "ada" } });
  await expect(client.profile(renewed)).resolves.toMatchObject({ id: "U1", username: "ada" });
  expect(server.apiRequests[0]?.url).toBe("/api/auth.test?token=at-2");
});

it("refuses an unknown token type", async () => {
  server.token = () => ({ body: { ok: true, access_token: "at-1", token_type: "mac" } });
  await expect(server.signIn(client)).rejects.toMatchObject({ code: "TOKEN_RESPONSE_INVALID" });
});

it.each([
  ["invalid_code", "INVALID_GRANT"],
  ["bad_client_secret", "INVALID_CLIENT"],
  ["team_access_not_granted", "PROVIDER_ERROR"],
] as const)("%s with status 200 is %s", async (error, code) => {
  server.token = () => ({ body: { ok: false, error } });
  await expect(server.signIn(client)).rejects.toMatchObject({ code, error, status: 200 });
});

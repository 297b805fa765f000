import { expect, it } from "@jest/globals";
import { weibo } from "../src/weibo.ts";
import { ProviderServer } from "./support/provider-server.ts";

const server = await ProviderServer.startForFile();

const client = server.client(weibo);

it("accepts tokens without a type, in sign-in and refresh, and sends them in the query", async () => {
  server.token = ({ body }) => ({
    body: body.includes("refresh_token")
      ? { access_token: "at-2", expires_in: 60 }
      : { access_token: "at-1", refresh_token: "rt-1", expires_in: 60, uid: "7" },
  });
  const token = await server.signIn(client);
  const renewed = await client.refreshToken(token);
  expect([token.tokenType, renewed.tokenType]).toEqual(["bearer", "bearer"]);
  const session = client.session(renewed);
  await session.get("/statuses/home_timeline.json?count=1");
  await session.fetch("/statuses/home_timeline.json");
  expect(server.apiRequests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
    ["/api/statuses/home_timeline.json?count=1&access_token=at-2", undefined],
    ["/api/statuses/home_timeline.json?access_token=at-2", undefined],
  ]);
});

it("asks for the user's ID before it asks for the user", async () => {
  server.api = ({ url }) => ({
    body: url.includes("get_uid") ? { uid: 7 } : { idstr: "7", screen_name: "ada" },
  });
  await expect(client.profile({ accessToken: "at-1" })).resolves.toMatchObject({
    id: "7",
    name: "ada",
  });
  expect(server.apiRequests.map(({ url }) => url)).toEqual([
    "/api/account/get_uid.json?access_token=at-1",
    "/api/users/show.json?uid=7&access_token=at-1",
  ]);
});

it("reads errors of the token endpoint and of the API", async () => {
  server.token = () => ({ status: 400, body: { error: "invalid_grant", error_code: 21_325 } });
  await expect(server.signIn(client)).rejects.toMatchObject({
    code: "INVALID_GRANT",
    details: { error_code: 21_325 },
  });
  server.api = () => ({ status: 403, body: { error: "expired_token", error_code: 21_327 } });
  await expect(client.profile({ accessToken: "at-1" })).rejects.toMatchObject({
    code: "API_REQUEST_FAILED",
    error: "expired_token",
  });
});

import { expect, it } from "@jest/globals";
import { douban } from "../src/douban.ts";
import { ProviderServer } from "./support/provider-server.ts";

const server = await ProviderServer.startForFile();

const client = server.client(douban);

it("accepts tokens without a type, and sends them in the query", async () => {
  server.token = ({ body }) => ({
    body: { access_token: body.includes("refresh_token") ? "at-2" : "at-1", refresh_token: "rt" },
  });
  const renewed = await client.refreshToken(await server.signIn(client));
  expect(renewed.tokenType).toBe("bearer");
  server.api = () => ({ body: { id: "9", name: "Ada" } });
  await expect(client.profile(renewed)).resolves.toMatchObject({ id: "9", name: "Ada" });
  await client.session(renewed).fetch("/book/1?fields=title");
  expect(server.apiRequests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
    ["/api/user/~me?access_token=at-2", undefined],
    ["/api/book/1?fields=title&access_token=at-2", undefined],
  ]);
});

it("reads errors", async () => {
  server.token = () => ({ status: 400, body: { error: "invalid_client" } });
  await expect(server.signIn(client)).rejects.toMatchObject({ code: "INVALID_CLIENT" });
});

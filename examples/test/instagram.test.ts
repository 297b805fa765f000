import { expect, it } from "@jest/globals";
import { instagram } from "../src/instagram.ts";
import { ProviderServer } from "./support/provider-server.ts";

const server = await ProviderServer.startForFile();

const client = server.client(instagram);
const session = client.session({ accessToken: "at-1" });

it("sends the token in the query and not in a header, with axios and fetch", async () => {
  await session.get("/me/media", { params: { limit: 5 } });
  await session.fetch("/me/media");
  expect(server.apiRequests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
    ["/api/me/media?limit=5&access_token=at-1", undefined],
    ["/api/me/media?access_token=at-1", undefined],
  ]);
});

it("refuses a second token in the query, unless withholdToken is set", async () => {
  const url = "/me/media?access_token=mine";
  await expect(session.get(url)).rejects.toMatchObject({ code: "TOKEN_IN_URL" });
  expect(server.requests).toEqual([]);
  await session.get(url, { withholdToken: true });
  expect(server.apiRequests[0]).toMatchObject({ url: "/api/me/media?access_token=mine" });
});

it("does not send the token to another origin", async () => {
  const elsewhere = await ProviderServer.start();
  try {
    server.api = () => ({ status: 302, headers: { location: `${elsewhere.origin}/x` }, body: "" });
    elsewhere.other = () => ({ body: {} });
    await session.get("/me/media");
    expect(elsewhere.requests.map(({ url }) => url)).toEqual(["/x"]);
  } finally {
    await elsewhere.close();
  }
});

it("signs in, and reads the user", async () => {
  server.token = () => ({ body: { access_token: "at-1", user_id: 42 } });
  const token = await server.signIn(client);
  server.api = () => ({ body: { user_id: "42", username: "ada" } });
  await expect(client.profile(token)).resolves.toMatchObject({ id: "42", username: "ada" });
  expect(server.apiRequests[0]?.url).toBe("/api/me?fields=user_id,username&access_token=at-1");
});

it("exchanges a token for a newer one in its last week, and saves it", async () => {
  const day = 24 * 3600_000;
  const [issuedAt, expiresAt] = [server.time - 55 * day, server.time + 5 * day];
  server.api = ({ method, url }) =>
    method === "GET" &&
    url === "/api/refresh_access_token?access_token=at-1&grant_type=ig_refresh_token"
      ? { body: { access_token: "at-2", token_type: "bearer", expires_in: 5_184_000 } }
      : { body: { url } };
  const saved: string[] = [];
  const ending = client.session(
    { accessToken: "at-1", issuedAt, expiresAt },
    { onTokenUpdate: (next) => void saved.push(next.accessToken) },
  );
  expect((await ending.get("/me")).data).toEqual({ url: "/api/me?access_token=at-2" });
  expect(saved).toEqual(["at-2"]);
});

it("does not show the token in errors", async () => {
  server.api = () => ({ status: 400, body: { error: "invalid_request" } });
  const error: unknown = await session.get("/me").catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ status: 400 });
  expect(JSON.stringify(error)).not.toContain("at-1");
});

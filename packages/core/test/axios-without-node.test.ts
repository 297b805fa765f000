// esbuild's --format=esm makes axios's build for Node fail when it is loaded. axios's build for browsers takes its place, and
// what only the other build can do is refused instead of left out.
import { afterAll, beforeAll, beforeEach, expect, it, jest } from "@jest/globals";

import { Agent } from "node:http";
import axios from "#axios-without-node";
import {
  ConfigurationError,
  defineProvider,
  isApiError,
  OAuth2Client,
  type OAuth2ClientOptions,
  Token,
} from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { LoopbackServer } from "./support/loopback-server.ts";

jest.unstable_mockModule("axios", () => {
  throw new Error('Dynamic require of "util" is not supported');
});

let server: LoopbackServer;
const token = Token.from({ accessToken: "at-bundled-0001" });

beforeAll(async () => {
  server = await LoopbackServer.start(({ url }) => {
    if (url === "/token")
      return { body: { access_token: "at-bundled-0002", token_type: "Bearer" } };
    return url === "/api/missing" ? { status: 404, body: {} } : { body: { url } };
  });
});
beforeEach(() => void server.requests.splice(0));
afterAll(() => server.close());

function clientOf(http?: OAuth2ClientOptions["http"]): OAuth2Client {
  const provider = defineProvider({
    name: "example",
    endpoints: { token: `${server.origin}/token` },
    api: { baseUrl: `${server.origin}/api` },
  });
  const credentials = { clientId: "client-id", clientSecret: "client-secret" };
  return new OAuth2Client(provider, { ...credentials, retries: false, ...(http && { http }) });
}

it("fetches tokens, sends API requests through axios and fetch, and throws API errors", async () => {
  const client = clientOf();
  expect((await client.fetchClientCredentialsToken()).accessToken).toBe("at-bundled-0002");
  const session = client.session(token);
  expect((await session.get("/x")).data).toEqual({ url: "/api/x" });
  expect(await (await session.fetch("/x")).json()).toEqual({ url: "/api/x" });
  const instance = await session.axios();
  expect((await instance.get("/y")).data).toEqual({ url: "/api/y" });
  expect(isApiError(await rejectionOf(session.get("/missing")))).toBe(true);
  expect(server.received("/api").map(({ headers }) => headers.authorization)).toEqual(
    Array.from({ length: 4 }, () => "Bearer at-bundled-0001"),
  );
});

it("uses the http options that need no build for Node", async () => {
  const client = clientOf({ headers: { "X-App": "one" }, proxy: false });
  await client.fetchClientCredentialsToken();
  await client.session(token).get("/x");
  await client.session(token).fetch("/x");
  expect(server.requests.map(({ headers }) => headers["x-app"])).toEqual(["one", "one", "one"]);
});

const proxy = { host: "127.0.0.1", port: 9 };
const agent = new Agent();

it.each<[string, NonNullable<OAuth2ClientOptions["http"]>]>([
  ["proxy", { proxy }],
  ["proxy", { proxy: "environment" }],
  ["httpAgent", { httpAgent: agent }],
  ["httpsAgent", { httpsAgent: agent }],
  ["lookup", { lookup: () => undefined as never }],
  ["httpsAgent", axios.create({ httpsAgent: agent })],
])("refuses %s of the http option, and sends nothing", async (name, http) => {
  const client = clientOf(http);
  const session = client.session(token);
  const sent = [
    client.fetchClientCredentialsToken(),
    session.get("/x"),
    session.fetch("/x"),
    session.axios().then((instance) => instance.get("/x")),
  ];
  for (const error of await Promise.all(sent.map(rejectionOf))) {
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).toMatch(new RegExp(`- ${name} needs axios's build for Node`));
    expect(String(error)).toContain("--external:axios");
  }
  expect(server.requests).toEqual([]);
});

it("refuses an agent of one request, and of an interceptor", async () => {
  const session = clientOf().session(token);
  expect(await rejectionOf(session.get("/x", { httpsAgent: agent }))).toBeInstanceOf(
    ConfigurationError,
  );
  const instance = axios.create();
  instance.interceptors.request.use((config) => ({ ...config, proxy }));
  const client = clientOf(instance);
  for (const sent of [client.fetchClientCredentialsToken(), client.session(token).get("/x")]) {
    expect(await rejectionOf(sent)).toBeInstanceOf(ConfigurationError);
  }
  expect(server.requests).toEqual([]);
});

it("leaves the connection to an adapter of the caller's", async () => {
  const seen: unknown[] = [];
  const client = clientOf({
    proxy,
    adapter: async (config) => {
      seen.push(config.proxy);
      return { status: 200, statusText: "OK", headers: {}, config, data: "{}" };
    },
  });
  await client.session(token).get("/x");
  expect(seen).toEqual([proxy]);
});

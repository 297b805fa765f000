// The http option says how requests reach the provider: what it names must hold for session.fetch as it does for axios.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import axios, { type AxiosResponse, type InternalAxiosRequestConfig } from "axios";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { Agent, createServer, type Server } from "node:https";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import {
  defineProvider,
  OAuth2Client,
  type OAuth2ClientOptions,
  type OAuth2Session,
  Token,
} from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { makeCertificate } from "./support/certificate.ts";
import { LoopbackServer } from "./support/loopback-server.ts";

const token = Token.from({ accessToken: "at-http-0001" });

function sessionOf(origin: string, options: Partial<OAuth2ClientOptions> = {}): OAuth2Session {
  const provider = defineProvider({
    name: "example",
    endpoints: { token: `${origin}/token` },
    api: { baseUrl: `${origin}/api` },
  });
  return new OAuth2Client(provider, { clientId: "client-id", ...options }).session(token);
}

const PROXY_VARIABLES = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"];

/** Runs with these proxy variables, and without those that the machine has, in either letter case. */
async function inEnvironment(
  variables: Readonly<Record<string, string>>,
  work: () => Promise<void>,
): Promise<void> {
  const names = PROXY_VARIABLES.flatMap((name) => [name, name.toUpperCase()]);
  const before = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) delete process.env[name];
  Object.assign(process.env, variables);
  try {
    await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

const faces: readonly [string, (of: OAuth2Session) => Promise<unknown>][] = [
  ["get", async ({ get }) => (await get("/x")).data as unknown],
  ["axios()", async (of) => (await (await of.axios()).get<unknown>("/x")).data],
  ["fetch", async ({ fetch }) => (await fetch("/x")).json()],
];

describe("a proxy", () => {
  let proxy: LoopbackServer;
  const origin = "http://127.0.0.1:9";

  beforeEach(async () => {
    proxy = await LoopbackServer.start(() => ({ body: { by: "proxy" } }));
  });
  afterEach(() => proxy.close());

  it.each(faces)("that the http option names gets the request of %s", async (_, send) => {
    const { hostname: host, port } = new URL(proxy.origin);
    const session = sessionOf(origin, { http: { proxy: { host, port: Number(port) } } });
    expect(await send(session)).toEqual({ by: "proxy" });
    expect(proxy.requests.map(({ url }) => url)).toEqual([`${origin}/api/x`]);
  });

  it.each(faces)(
    "of the environment gets the request of %s when the http option says so, and only then",
    async (_, send) => {
      const options = { retries: false } as const;
      const session = sessionOf(origin, { ...options, http: { proxy: "environment" } });
      await inEnvironment({ http_proxy: proxy.origin }, async () => {
        expect(await send(session)).toEqual({ by: "proxy" });
        for (const other of [
          sessionOf(origin, options),
          sessionOf(origin, { ...options, http: {} }),
        ])
          await expect(send(other)).rejects.toThrow();
      });
      await inEnvironment({ http_proxy: proxy.origin, no_proxy: "127.0.0.1" }, async () => {
        await expect(send(session)).rejects.toThrow("ECONNREFUSED");
      });
      expect(proxy.requests).toHaveLength(1);
    },
  );

  it("of the environment gets requests to the provider's endpoints as well", async () => {
    proxy.answer = () => ({ body: { access_token: "at-http-0002", token_type: "Bearer" } });
    await inEnvironment({ http_proxy: proxy.origin }, async () => {
      const provider = defineProvider({ name: "example", endpoints: { token: `${origin}/token` } });
      const options = { clientId: "client-id", clientSecret: "secret-0001" };
      const client = new OAuth2Client(provider, { ...options, http: { proxy: "environment" } });
      expect((await client.fetchClientCredentialsToken()).accessToken).toBe("at-http-0002");
    });
    expect(proxy.requests.map(({ url }) => url)).toEqual([`${origin}/token`]);
  });
});

describe("a server with a certificate of one's own", () => {
  const { cert, key } = makeCertificate("server");
  let server: Server;
  let tunnel: HttpServer;
  const tunnelled: string[] = [];
  const sockets = new Set<Duplex>();
  let origin: string;

  beforeAll(async () => {
    server = createServer({ cert, key }, (_request, response) => response.end('{"by":"tls"}'));
    server.on("connection", (socket: Duplex) => sockets.add(socket));
    tunnel = createHttpServer().on("connect", (request, socket, head: Buffer) => {
      tunnelled.push(request.url ?? "");
      const { port } = server.address() as AddressInfo;
      const far = connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        far.write(head);
        far.pipe(socket).pipe(far);
      });
      for (const each of [far, socket]) sockets.add(each.on("error", () => each.destroy()));
    });
    await Promise.all(
      [server, tunnel].map(
        (each) => new Promise<void>((done) => each.listen(0, "127.0.0.1", done)),
      ),
    );
    origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.all([server, tunnel].map((each) => new Promise((done) => each.close(done))));
  });

  it.each(faces)(
    "is trusted by %s when the http option has its CA, and only then",
    async (_, send) => {
      const httpsAgent = new Agent({ ca: cert });
      expect(await send(sessionOf(origin, { http: { httpsAgent } }))).toEqual({ by: "tls" });
      await expect(send(sessionOf(origin, { retries: false }))).rejects.toThrow(
        /certificate|SELF_SIGNED/,
      );
      httpsAgent.destroy();
    },
  );

  it.each(faces)(
    "is reached by %s through a proxy's tunnel, which sees no token",
    async (_, send) => {
      tunnelled.length = 0;
      const { port } = tunnel.address() as AddressInfo;
      const httpsAgent = new Agent({ ca: cert });
      const http = { proxy: { host: "127.0.0.1", port }, httpsAgent };
      expect(await send(sessionOf(origin, { http }))).toEqual({ by: "tls" });
      expect(tunnelled).toEqual([new URL(origin).host]);
      httpsAgent.destroy();
    },
  );
});

describe("session.fetch with the http option", () => {
  let server: LoopbackServer;

  beforeEach(async () => {
    server = await LoopbackServer.start(() => ({ body: { hello: "world" } }));
  });
  afterEach(() => server.close());

  it("shows interceptors the request without the token", async () => {
    const seen: string[] = [];
    const http = axios.create();
    http.interceptors.request.use((config) => {
      seen.push(JSON.stringify(config));
      config.headers.set("X-Traced", "yes");
      return config;
    });
    http.interceptors.response.use(({ data }) => data as never);
    const response = await sessionOf(server.origin, { http }).fetch("/x");
    expect([response.status, await response.json()]).toEqual([200, { hello: "world" }]);
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: "Bearer at-http-0001",
      "x-traced": "yes",
    });
    expect(seen).toHaveLength(1);
    expect(seen.join()).not.toContain("at-http-0001");
  });

  it("is the client's fetch where one is given", async () => {
    const urls: string[] = [];
    const own: typeof fetch = async (input) => {
      urls.push(input as string);
      return Response.json({ by: "own" });
    };
    const session = sessionOf(server.origin, { http: {}, fetch: own });
    expect(await (await session.fetch("/x")).json()).toEqual({ by: "own" });
    expect(urls).toEqual([`${server.origin}/api/x`]);
  });

  const form = new FormData();
  form.set("field", "value");
  const bodies: readonly [string, () => NonNullable<RequestInit["body"]>, RegExp, RegExp][] = [
    ["a string", () => "text", /^text$/, /^text\/plain;charset=utf-8$/i],
    ["a form", () => new URLSearchParams({ a: "1 2" }), /^a=1\+2$/, /^application\/x-www-form/],
    ["bytes", () => new TextEncoder().encode("bytes"), /^bytes$/, /^$/],
    ["a Blob", () => new Blob(["blob"], { type: "text/x" }), /^blob$/, /^text\/x$/],
    ["a FormData", () => form, /name="field"\r\n\r\nvalue/, /^multipart\/form-data; boundary=/],
    ["a stream", () => new Blob(["stream"]).stream(), /^stream$/, /^$/],
  ];

  it.each(bodies)("sends %s as the platform's fetch does", async (_, body, text, type) => {
    for (const http of [undefined, {}]) {
      const session = sessionOf(server.origin, http && { http });
      const options = { method: "POST", body: body(), duplex: "half" } as RequestInit;
      expect((await session.fetch("/x", options)).status).toBe(200);
    }
    for (const received of server.requests) {
      expect(received.body).toMatch(text);
      expect(received.headers["content-type"] ?? "").toMatch(type);
    }
    expect(server.requests).toHaveLength(2);
  });

  it("takes a Request, and its options", async () => {
    const request = new Request(`${server.origin}/api/x`, {
      method: "PUT",
      body: "text",
      headers: { "x-own": "1" },
    });
    const response = await sessionOf(server.origin, { http: {} }).fetch(request);
    expect([response.url, response.redirected]).toEqual([`${server.origin}/api/x`, false]);
    expect(server.requests[0]).toMatchObject({
      method: "PUT",
      body: "text",
      headers: { "x-own": "1" },
    });
  });

  it("answers without a body where there is none", async () => {
    server.answer = () => ({ status: 204 });
    const response = await sessionOf(server.origin, { http: {} }).fetch("/x");
    expect([response.status, response.body, await response.text()]).toEqual([204, null, ""]);
  });

  it("ends a body that is longer than was allowed", async () => {
    server.answer = () => ({ body: "x".repeat(2000) });
    const session = sessionOf(server.origin, { http: {} });
    const response = await session.fetch("/x", { maxContentLength: 1000 });
    expect(await rejectionOf(response.text())).toMatchObject({ code: "RESPONSE_TOO_LARGE" });
  });

  it("refuses what the platform's fetch refuses, and sends nothing", async () => {
    const session = sessionOf(server.origin, { http: {} });
    await expect(session.fetch("/x", { body: "text" })).rejects.toMatchObject({
      name: "TypeError",
    });
    await expect(session.fetch("/x", { method: "TRACE" })).rejects.toMatchObject({
      name: "TypeError",
    });
    expect(server.requests).toEqual([]);
  });

  it("says that a server cannot be reached, in fetch's words and not in axios's", async () => {
    const session = sessionOf("http://127.0.0.1:9", { http: {}, retries: false });
    expect(await rejectionOf(session.fetch("/x"))).toMatchObject({
      name: "OAuthError",
      code: "NETWORK_ERROR",
      details: { networkCode: "ECONNREFUSED" },
    });
  });
});

it("session.fetch with the http option works where there is no Node, as in a browser", async () => {
  const adapter = async (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => {
    const stream = new Blob(['{"by":"browser"}']).stream();
    return { status: 200, statusText: "OK", headers: {}, data: stream, config };
  };
  const session = sessionOf("https://api.example.com", { http: { adapter } });
  // The modules are loaded, as in a bundle.
  await (await session.fetch("/x")).text();
  const { Buffer, process: node } = globalThis;
  Object.assign(globalThis, { Buffer: undefined, process: undefined });
  try {
    const body = new Blob(["bytes"]);
    const response = await session.fetch("/x", { method: "POST", body });
    expect(await response.json()).toEqual({ by: "browser" });
  } finally {
    Object.assign(globalThis, { Buffer, process: node });
  }
});

describe("methods of a session that are handed on", () => {
  it("stay its own, each the same whenever it is asked for", async () => {
    const server = await LoopbackServer.start(() => ({ body: { hello: "world" } }));
    const session = sessionOf(server.origin);
    const { get, post, request, fetch, axios: instance } = session;
    expect(session.get).toBe(get);
    expect(sessionOf(server.origin).get).not.toBe(get);
    await get("/a");
    await post("/b");
    await request({ url: "/c" });
    await fetch("/d");
    await (await instance()).get("/e");
    expect(server.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual(
      ["a", "b", "c", "d", "e"].map((name) => [`/api/${name}`, "Bearer at-http-0001"]),
    );
    await server.close();
  });
});

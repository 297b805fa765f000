import axios, { type AxiosAdapter, type AxiosInstance, type AxiosRequestConfig } from "axios";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { OAuth2Session, Token } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { LoopbackServer } from "./support/loopback-server.ts";

let example: ExampleProvider;
let evil: LoopbackServer;
let token: Token;
let session: OAuth2Session;

beforeAll(async () => {
  example = await ExampleProvider.start();
  evil = await LoopbackServer.start(() => ({ body: {} }));
  token = example.grant({ accessToken: "at-guarded-0001" });
  session = example.client().session(token);
});
beforeEach(() => {
  example.server.requests.length = 0;
  evil.requests.length = 0;
});
afterAll(() => Promise.all([example.close(), evil.close()]));

/** An instance as in older versions of axios, whose adapters get a config with a prototype. */
function older(): AxiosInstance {
  const http = axios.create();
  const request = http.request.bind(http);
  http.request = (given) => {
    const config = given as AxiosRequestConfig;
    const adapter = config.adapter as AxiosAdapter;
    return request({ ...config, adapter: (merged) => adapter({ ...merged }) });
  };
  return http;
}

/** Checks that each way to send a request refuses a URL before anything is sent. */
async function refused(url: string, code: string): Promise<void> {
  const instance = await session.axios();
  for (const send of [
    () => session.get(url),
    () => session.request({ url }),
    () => session.post(url, {}),
    () => instance.get(url),
    () => session.fetch(url),
    () => session.fetch(url, { method: "POST" }),
  ]) {
    await expect(send()).rejects.toMatchObject({ name: "OAuthError", code });
  }
  expect([...example.server.requests, ...evil.requests]).toEqual([]);
}

describe("a session's token stays at the provider's API", () => {
  it("refuses another origin: host, port and scheme count", async () => {
    const { port } = new URL(example.origin);
    await refused(`${evil.origin}/api/me`, "ORIGIN_NOT_ALLOWED");
    await refused(`http://localhost:${port}/api/me`, "ORIGIN_NOT_ALLOWED");
    await refused(`https://127.0.0.1:${port}/api/me`, "ORIGIN_NOT_ALLOWED");
    await refused("https://api.example.com/", "ORIGIN_NOT_ALLOWED");
    await refused("http://api.example.com/", "ORIGIN_NOT_ALLOWED");
    await refused("http://[::ffff:169.254.169.254]/latest", "ORIGIN_NOT_ALLOWED");
    await refused("http://2130706433/", "ORIGIN_NOT_ALLOWED");
  });

  it.each([
    ["//evil.example/me"],
    ["/\\evil.example/me"],
    ["\\\\evil.example"],
    ["https:\\\\evil.example"],
    ["/me\r\nX: y"],
    ["\thttps://evil.example"],
    ["ht\ttps://evil.example"],
    [" /me"],
    ["../token"],
    ["/../token"],
    ["/a/../../token"],
    ["/%2e%2e/token"],
    ["/.%2E/token"],
    ["data:application/json,{}"],
    ["file:///etc/passwd"],
    ["javascript:alert(1)"],
    ["blob:https://evil.example/x"],
  ])("refuses %j", async (url) => {
    await refused(url, "URL_INVALID");
  });

  it.each([
    ["/%2f..%2f..%2ftoken"],
    ["/a/..%00/..%00/token"],
    ["/..%20/token"],
    ["/a%2f..%09%2ftoken"],
    ["/..%2500;/token"],
    ["/%2e%2e%0d%0a%2ftoken"],
    ["/a%2F..%2F..%2F..%2Ftoken"],
    ["/..%2ftoken"],
    ["..%2Ftoken"],
    ["%2e%2e%2ftoken"],
    ["/%2e%2e%2f%2e%2e%2ftoken"],
    ["/a%2f.%2e/../%2e.%2ftoken"],
    ["/..%5ctoken"],
    ["/a%5c..%5C..%5ctoken"],
    ["/%5c..%5c..%5ctoken"],
    ["/%252e%252e/token"],
    ["/..%252ftoken"],
    ["/a%252fb%2f..%2f..%2f..%2ftoken"],
    ["/%25252e%25252e%25252ftoken"],
    ["/..;/token"],
    ["/..;x=1/token"],
    ["/%2e%2e%3b/token"],
    ["/a%2f.."],
    ["/x%2f..%2f..?a=1"],
    ["/x%2f..%2f..#a"],
  ])(
    "refuses the path %j, which a server could decode into one outside the API's base",
    async (url) => {
      await refused(url, "URL_INVALID");
    },
  );

  it("suggests encodeURIComponent for a path with a space", async () => {
    for (const send of [() => session.get("/items?q=a b"), () => session.fetch("/items?q=a b")]) {
      await expect(send()).rejects.toThrow(/white space.*encodeURIComponent\(\).*nothing was sent/);
    }
    await session.get("/items", { params: { q: "a b" } }).catch(() => undefined);
    expect(example.server.requests).toHaveLength(1);
  });

  it("refuses a URL with a user name or password, which would replace the token", async () => {
    const { host } = new URL(example.origin);
    await refused(`http://user:pass@${host}/api/me`, "URL_INVALID");
    await refused(`http://${host}@evil.example/`, "URL_INVALID");
  });

  it("refuses a base URL and interceptors that lead elsewhere", async () => {
    await expect(session.get("/me", { baseURL: evil.origin })).rejects.toMatchObject({
      code: "ORIGIN_NOT_ALLOWED",
    });
    const instance = await session.axios();
    instance.interceptors.request.use((config) => ({ ...config, url: `${evil.origin}/steal` }));
    await expect(instance.get("/me")).rejects.toMatchObject({ code: "ORIGIN_NOT_ALLOWED" });
    expect(evil.requests).toEqual([]);
  });

  it("does not change valid paths: encoded characters, dots inside, a query with a URL", async () => {
    for (const path of [
      "me",
      "/me/",
      "/a%2Fb",
      "/a..b/.c",
      "/a%2e%2eb/%2ec;..",
      "/..a%2f...%2fb..%2fc%252e",
      "/me?path=%2f..%2f..%2ftoken",
      "?x=//evil.example",
      "/a/../me",
      "/x@y:z",
    ]) {
      await session.get(path, { validateStatus: null });
    }
    expect(example.apiRequests.map(({ url }) => url)).toEqual([
      "/api/me",
      "/api/me/",
      "/api/a%2Fb",
      "/api/a..b/.c",
      "/api/a%2e%2eb/%2ec;..",
      "/api/..a%2f...%2fb..%2fc%252e",
      "/api/me?path=%2f..%2f..%2ftoken",
      "/api?x=//evil.example",
      "/api/me",
      "/api/x@y:z",
    ]);
  });

  it("goes to absolute URLs of the API's origin and of allowedOrigins", async () => {
    await session.get(`${example.origin}/api/v2/me`);
    const wider = example.client().session(token, { allowedOrigins: [evil.origin] });
    await wider.fetch(`${evil.origin}/x`);
    expect(evil.requests[0]?.headers.authorization).toBe("Bearer at-guarded-0001");
    for (const allowedOrigins of [["http://api.example.com"], ["https://a.example/path"], "x"]) {
      expect(() => example.client().session(token, { allowedOrigins } as never)).toThrow(
        /allowedOrigins/,
      );
    }
  });

  it("lets a wildcard match direct subdomains over https, and nothing else", async () => {
    const sent: string[] = [];
    const client = example.client(
      {
        http: {
          adapter: (config) => {
            sent.push(String(config.url));
            return Promise.resolve({ status: 200, statusText: "", data: "", headers: {}, config });
          },
        },
      },
      { api: { baseUrl: "https://www.example.com", origins: ["https://*.example.com"] } },
    );
    const wide = client.session(token);
    await wide.get("https://mail.example.com/x");
    for (const url of [
      "https://example.com/",
      "https://a.b.example.com/",
      "https://evilexample.com/",
      "https://mail.example.com:8443/",
      "https://mail.example.com.evil.example/",
      "http://mail.example.com/",
    ]) {
      await expect(wide.get(url)).rejects.toMatchObject({ code: "ORIGIN_NOT_ALLOWED" });
    }
    expect(sent).toEqual(["https://mail.example.com/x"]);
  });

  it.each([
    ["axios's own defaults", undefined],
    ["an instance of the caller's", axios.create()],
    ["an instance of an older axios", older()],
  ])("is not moved by a polluted prototype: %s", async (_, http) => {
    const client = example.client(http && { http });
    const polluted = Object.prototype as Record<string, unknown>;
    const additions: Record<string, unknown> = {
      baseURL: evil.origin,
      proxy: { host: "127.0.0.1", port: Number(new URL(evil.origin).port) },
      socketPath: "/tmp/evil.sock",
      withholdToken: true,
      auth: { username: "x", password: "y" },
    };
    for (const [name, value] of Object.entries(additions)) {
      Object.defineProperty(polluted, name, {
        value,
        configurable: true,
        writable: true,
        enumerable: false,
      });
    }
    try {
      await client.session(token).get("/me");
      await client.fetchClientCredentialsToken();
    } finally {
      for (const name of Object.keys(additions)) delete polluted[name];
    }
    expect(evil.requests).toEqual([]);
    expect(example.apiRequests[0]?.headers.authorization).toBe("Bearer at-guarded-0001");
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("ignores a proxy of the environment", async () => {
    process.env["HTTP_PROXY"] = evil.origin;
    process.env["http_proxy"] = evil.origin;
    try {
      await session.get("/me");
    } finally {
      delete process.env["HTTP_PROXY"];
      delete process.env["http_proxy"];
    }
    expect(evil.requests).toEqual([]);
    expect(example.apiRequests).toHaveLength(1);
  });

  it("ignores it also with an axios instance of the caller, for API and token endpoint", async () => {
    process.env["HTTP_PROXY"] = evil.origin;
    process.env["http_proxy"] = evil.origin;
    try {
      const client = example.client({ http: axios.create() });
      await client.session(example.grant({ accessToken: "at-guarded-0001" })).get("/me");
      await client.refreshToken({ accessToken: "at-guarded-0001", refreshToken: "rt-old" });
    } finally {
      delete process.env["HTTP_PROXY"];
      delete process.env["http_proxy"];
    }
    expect(evil.requests).toEqual([]);
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("does not send auth and params of the http option to the token endpoint", async () => {
    const client = example.client({
      clientAuthentication: "basic",
      http: { auth: { username: "intranet", password: "pw" }, params: { key: "k" } },
    });
    await client.refreshToken({ accessToken: "at-guarded-0001", refreshToken: "rt-old" });
    const [request] = example.tokenRequests;
    expect(request?.url).toBe("/token");
    const sent = request?.headers.authorization?.replace("Basic ", "") ?? "";
    expect(decodeURIComponent(atob(sent))).toBe("client-id:client-secret-canary");
  });
});

describe("a redirect", () => {
  const cases = [301, 302, 303, 307, 308].flatMap((status) =>
    (["axios", "fetch"] as const).map((shape) => [status, shape] as const),
  );

  const send = (shape: "axios" | "fetch", method: string, body?: string) =>
    shape === "axios"
      ? session.request({
          url: "/start",
          method,
          ...(body !== undefined && { data: body }),
          headers: { "X-Api-Key": "key", Cookie: "c=1", DPoP: "proof", "Accept-Language": "de" },
          validateStatus: null,
        })
      : session.fetch("/start", {
          method,
          ...(body !== undefined && { body }),
          headers: { "X-Api-Key": "key", Cookie: "c=1", DPoP: "proof", "Accept-Language": "de" },
        });

  const redirecting = (status: number, location: string): void => {
    example.api = ({ url }) =>
      url.startsWith("/api/start") ? { status, headers: { location } } : { body: { end: true } };
  };

  it.each(cases)("%d within the origin keeps the token (%s)", async (status, shape) => {
    redirecting(status, "/api/end");
    const response = await send(shape, "GET");
    expect(response.status).toBe(200);
    expect(example.apiRequests[1]).toMatchObject({
      url: "/api/end",
      headers: { authorization: "Bearer at-guarded-0001", "x-api-key": "key" },
    });
  });

  it.each(cases)("%d to another origin carries no credential (%s)", async (status, shape) => {
    redirecting(status, `${evil.origin}/end?t=at-guarded-0001`);
    await send(shape, "GET");
    expect(evil.requests).toHaveLength(1);
    const [request] = evil.requests;
    expect(JSON.stringify(request)).not.toMatch(/at-guarded|"key"|c=1|proof/);
    expect(request?.headers["accept-language"]).toBe("de");
  });

  it.each(cases)("%d to another origin carries no body (%s)", async (status, shape) => {
    redirecting(status, `${evil.origin}/end`);
    const outcome = await send(shape, "POST", "secret-body").catch((thrown: unknown) => thrown);
    if (status === 307 || status === 308) {
      expect(outcome).toMatchObject({ code: "REDIRECT_REFUSED" });
      expect(evil.requests).toHaveLength(0);
    } else {
      expect(evil.requests[0]).toMatchObject({ method: "GET", body: "" });
      expect(evil.requests[0]?.headers["content-type"]).toBeUndefined();
    }
  });

  it.each(cases)(
    "%d of a POST within the origin keeps or drops method and body as browsers do (%s)",
    async (status, shape) => {
      redirecting(status, "/api/end");
      await send(shape, "POST", "body");
      const kept = status === 307 || status === 308;
      expect(example.apiRequests[1]).toMatchObject(
        kept ? { method: "POST", body: "body" } : { method: "GET", body: "" },
      );
    },
  );

  it.each(["axios", "fetch"] as const)(
    "that comes back from another origin does not get the token back (%s)",
    async (shape) => {
      redirecting(302, `${evil.origin}/bounce`);
      evil.answer = () => ({
        status: 302,
        headers: { location: `${example.origin}/api/delete-all` },
      });
      const response = await send(shape, "GET");
      evil.answer = () => ({ body: {} });
      expect(response.status).toBe(401);
      const last = example.apiRequests.at(-1);
      expect(last).toMatchObject({ url: "/api/delete-all" });
      expect(last?.headers.authorization).toBeUndefined();
    },
  );

  it.each(["axios", "fetch"] as const)("is followed five times and no more (%s)", async (shape) => {
    let count = 0;
    example.api = () => {
      count += 1;
      return { status: 302, headers: { location: `/api/${count}` } };
    };
    await expect(send(shape, "GET")).rejects.toMatchObject({ code: "REDIRECT_REFUSED" });
    expect(count).toBe(6);
    const unlimited = session.get("/start", { maxRedirects: Number.NaN });
    await expect(unlimited).rejects.toMatchObject({ code: "REDIRECT_REFUSED" });
    expect(count).toBe(12);
  });

  it.each([
    "http://plain.example/",
    "ftp://files.example/",
    "http://user:pass@127.0.0.1/",
    "http://[broken",
  ])("to %s is refused", async (location) => {
    redirecting(302, location);
    for (const shape of ["axios", "fetch"] as const) {
      await expect(send(shape, "GET")).rejects.toMatchObject({ code: "REDIRECT_REFUSED" });
    }
  });

  it.each([
    ["/api/caf\u00e9?q=\u4f8b", "/api/caf%C3%A9?q=%E4%BE%8B"],
    ["/api/%C3%A9\u00e9", "/api/%C3%A9%C3%A9"],
  ])("to %s, sent as UTF-8, goes there", async (location, path) => {
    redirecting(302, Buffer.from(location).toString("latin1"));
    for (const shape of ["axios", "fetch"] as const) {
      await send(shape, "GET");
      expect(example.apiRequests.at(-1)?.url).toBe(path);
    }
    // Bytes that are not UTF-8 are kept.
    redirecting(302, "/api/caf\u00e9");
    await send("fetch", "GET");
    expect(example.apiRequests.at(-1)?.url).toBe("/api/caf%C3%A9");
  });

  it("is not followed with maxRedirects: 0 or redirect: manual", async () => {
    redirecting(302, "/api/end");
    expect((await session.fetch("/start", { redirect: "manual" })).status).toBe(302);
    await expect(session.fetch("/start", { redirect: "error" })).rejects.toMatchObject({
      code: "REDIRECT_REFUSED",
    });
    const response = await session.get("/start", { maxRedirects: 0, validateStatus: null });
    expect(response.status).toBe(302);
  });

  it("keeps a token in the query within the origin, and drops it elsewhere", async () => {
    const inQuery = example.client().session(token, { tokenPlacement: "query" });
    redirecting(302, "/api/end?x=1");
    await inQuery.get("/start");
    expect(example.apiRequests[1]?.url).toBe("/api/end?x=1&access_token=at-guarded-0001");
    redirecting(302, `${evil.origin}/end?access_token=at-guarded-0001`);
    await inQuery.fetch("/start");
    expect(evil.requests[0]?.url).toBe("/end");
  });
});

import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import axios, { type AxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from "axios";
import { bearer, type OAuth2Session, placeToken, Token } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { turns } from "./support/turns.ts";

let example: ExampleProvider;
let token: Token;
let session: OAuth2Session;

beforeAll(async () => {
  example = await ExampleProvider.start();
  token = example.grant({ accessToken: "at-session-0001", scope: ["read"] });
  session = example.client().session(token);
});
afterEach(() => {
  example.server.requests.length = 0;
  example.api = () => ({ body: { hello: "world" } });
});
afterAll(() => example.close());

describe("requests in axios's shape", () => {
  it("are relative to the API and carry the token as a Bearer header", async () => {
    const { data, status } = await session.get<{ hello: string }>("/me", { params: { a: "1 2" } });
    expect({ data, status }).toEqual({ data: { hello: "world" }, status: 200 });
    expect(example.apiRequests[0]).toMatchObject({
      url: "/api/me?a=1+2",
      headers: { authorization: "Bearer at-session-0001" },
    });
  });

  it.each(["post", "put", "patch"] as const)("%s sends a body as axios does", async (method) => {
    await session[method]("/things", { name: "x" }, { headers: { "X-Extra": "1" } });
    expect(example.apiRequests[0]).toMatchObject({
      method: method.toUpperCase(),
      body: '{"name":"x"}',
      headers: { "content-type": "application/json", "x-extra": "1" },
    });
  });

  it("delete and head send the methods DELETE and HEAD", async () => {
    await session.delete("/things/1");
    await session.head("/things/1");
    expect(example.apiRequests.map(({ method }) => method)).toEqual(["DELETE", "HEAD"]);
  });

  it("send the provider's API headers, which headers of the request override", async () => {
    const versioned = example.client(
      {},
      {
        api: { baseUrl: `${example.origin}/api`, headers: { Accept: "application/x", "X-V": "1" } },
      },
    );
    await versioned.session(token).get("/me");
    await versioned.session(token).get("/me", { headers: { accept: "text/plain" } });
    expect(example.apiRequests.map(({ headers }) => [headers.accept, headers["x-v"]])).toEqual([
      ["application/x", "1"],
      ["text/plain", "1"],
    ]);
  });

  it("replace an Authorization header and basic credentials of the caller's", async () => {
    await session.get("/me", {
      headers: { authorization: "Basic eDp5" },
      auth: { username: "x", password: "y" },
    });
    expect(example.apiRequests[0]?.headers.authorization).toBe("Bearer at-session-0001");
  });

  it("return a response that holds no token", async () => {
    const response = await session.get("/me");
    expect(JSON.stringify(response.config)).not.toContain("at-session-0001");
    expect(response.request).toBeUndefined();
  });

  it("go through axios() for libraries that want an instance", async () => {
    const instance = await session.axios();
    const { data } = await instance.get<unknown>("/me", { params: { page: 2 } });
    expect(data).toEqual({ hello: "world" });
    expect(example.apiRequests[0]).toMatchObject({
      url: "/api/me?page=2",
      headers: { authorization: "Bearer at-session-0001" },
    });
    await expect(instance.get("https://evil.example/")).rejects.toMatchObject({
      code: "ORIGIN_NOT_ALLOWED",
    });
  });

  it("show a caller's interceptors a request without the token", async () => {
    const seen: string[] = [];
    const http = axios.create();
    http.interceptors.request.use((config) => {
      seen.push(JSON.stringify(config.headers), String(config.url));
      config.headers.set("X-Traced", "yes");
      return config;
    });
    await example.client({ http }).session(token).get("/me");
    expect(seen.join()).not.toContain("at-session-0001");
    expect(example.apiRequests[0]?.headers).toMatchObject({
      authorization: "Bearer at-session-0001",
      "x-traced": "yes",
    });
  });

  it("are not changed by interceptors and headers of the global axios", async () => {
    let intercepted = 0;
    const id = axios.interceptors.request.use((config) => {
      intercepted += 1;
      return config;
    });
    axios.defaults.headers.common["X-Global"] = "leak";
    try {
      await example.client().session(token).get("/me");
    } finally {
      axios.interceptors.request.eject(id);
      delete axios.defaults.headers.common["X-Global"];
    }
    expect(intercepted).toBe(0);
    expect(example.apiRequests[0]?.headers["x-global"]).toBeUndefined();
  });

  it("are not changed by defaults of the global axios", async () => {
    const { validateStatus } = axios.defaults;
    Object.assign(axios.defaults, {
      baseURL: "https://app.example.com/",
      params: { app: "leak" },
      paramsSerializer: { serialize: () => "app=leak" },
      timeout: 1,
      maxContentLength: 1,
      maxBodyLength: 1,
      validateStatus: () => true,
    });
    const clock = new FakeClock();
    try {
      const wide = example.client({ clock }).session(token);
      await wide.post("/me", { name: "x" }, { params: { a: 1 } });
      expect(example.apiRequests[0]).toMatchObject({ url: "/api/me?a=1", body: '{"name":"x"}' });
      example.api = () => {
        clock.advance(100);
        return { status: 404 };
      };
      await expect(wide.get("/nope")).rejects.toMatchObject({ status: 404 });
    } finally {
      for (const name of ["baseURL", "params", "paramsSerializer"] as const) {
        delete axios.defaults[name];
      }
      Object.assign(axios.defaults, {
        timeout: 0,
        maxContentLength: -1,
        maxBodyLength: -1,
        validateStatus,
      });
    }
  });

  it("use the request's own baseURL, with a path or without", async () => {
    for (const url of ["", "/x", "?b=1"]) await session.get(url, { baseURL: "/v2" });
    await session.get("", { baseURL: `${example.origin}/api/v3`, params: { a: 1 } });
    expect(example.apiRequests.map(({ url }) => url)).toEqual([
      "/api/v2",
      "/api/v2/x",
      "/api/v2/?b=1",
      "/api/v3?a=1",
    ]);
  });

  it("stay below baseURL with allowAbsoluteUrls: false", async () => {
    await session.get("https://evil.example/x", { baseURL: "/v2", allowAbsoluteUrls: false });
    const http = { baseURL: "/v3", allowAbsoluteUrls: false };
    await example.client({ http }).session(token).get(`${example.origin}/x`);
    expect(example.apiRequests.map(({ url }) => url)).toEqual([
      "/api/v2/https://evil.example/x",
      `/api/v3/${example.origin}/x`,
    ]);
  });

  it("can go through the caller's adapter, whatever that does with headers", async () => {
    const urls: (string | undefined)[] = [];
    const adapter = (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => {
      urls.push(config.url);
      const isFirst = urls.length === 1;
      return Promise.resolve({
        ...(isFirst && { headers: { Location: "/api/next" } }),
        status: isFirst ? 302 : 200,
        statusText: "",
        data: { hello: "mock" },
        config,
      } as AxiosResponse);
    };
    const { data } = await example.client({ http: { adapter } }).session(token).get("/me");
    expect(data).toEqual({ hello: "mock" });
    expect(urls).toEqual([`${example.origin}/api/me`, `${example.origin}/api/next`]);
  });

  it("reject with axios's error, response included, for an error status", async () => {
    example.api = () => ({ status: 404, body: { message: "no such thing" } });
    const error = (await session.get("/nope").catch((thrown: unknown) => thrown)) as AxiosError;
    expect(axios.isAxiosError(error)).toBe(true);
    expect(error).toMatchObject({
      status: 404,
      code: "ERR_BAD_REQUEST",
      response: { data: { message: "no such thing" } },
    });
  });

  it("resolve for any status that validateStatus accepts", async () => {
    example.api = () => ({ status: 404, body: {} });
    await expect(session.get("/nope", { validateStatus: null })).resolves.toMatchObject({
      status: 404,
    });
  });
});

describe("requests through fetch", () => {
  it("are relative to the API and carry the token", async () => {
    const response = await session.fetch("/me?x=1", { headers: { "X-Extra": "1" } });
    expect(await response.json()).toEqual({ hello: "world" });
    expect(example.apiRequests[0]).toMatchObject({
      url: "/api/me?x=1",
      headers: { authorization: "Bearer at-session-0001", "x-extra": "1" },
    });
  });

  it("accept a URL or a Request with body and headers, which init overrides", async () => {
    await session.fetch(new URL(`${example.origin}/api/a`));
    const request = new Request(`${example.origin}/api/b`, {
      method: "PUT",
      body: "text",
      headers: { "X-A": "1" },
    });
    await session.fetch(request, { headers: { "X-B": "2" } });
    expect(example.apiRequests[1]).toMatchObject({
      method: "PUT",
      body: "text",
      headers: { authorization: "Bearer at-session-0001", "x-b": "2" },
    });
  });

  it("use of a Request whatever init leaves undefined, as the platform's fetch does", async () => {
    const whole = new Request(`${example.origin}/api/x`, { method: "POST", body: "hello" });
    const nothing = { method: undefined, body: undefined, headers: undefined, signal: undefined };
    await session.fetch(whole, nothing as object);
    expect(example.apiRequests[0]).toMatchObject({ method: "POST", body: "hello" });
    const controller = new AbortController();
    example.api = () => "hang";
    const aborted = new Request(`${example.origin}/api/x`, { signal: controller.signal });
    const pending = session.fetch(aborted, nothing as object);
    controller.abort();
    await expect(pending).rejects.toMatchObject({ name: "AbortError" });
  });

  it("check the integrity option of a Request", async () => {
    const integrity = `sha256-${Buffer.alloc(32).toString("base64")}`;
    const request = new Request(`${example.origin}/api/x`, { integrity });
    await expect(session.fetch(request)).rejects.toThrow();
  });

  it("refuse a redirect with redirect: error, whatever the body", async () => {
    example.api = () => ({ status: 307, headers: { location: "/api/y" } });
    const body = new Blob(["x"]).stream();
    await expect(
      session.fetch("/x", { method: "POST", redirect: "error", body }),
    ).rejects.toMatchObject({ code: "REDIRECT_REFUSED" });
  });

  it("resolve for an error status, as the platform's fetch does", async () => {
    example.api = () => ({ status: 500, body: {} });
    expect((await session.fetch("/me")).status).toBe(500);
  });

  it("return a response whose URL has no token, wherever the token was placed", async () => {
    const inQuery = example.client().session(token, { tokenPlacement: "query" });
    const response = await inQuery.fetch("/me?x=1");
    expect(example.apiRequests[0]?.url).toContain("access_token=at-session-0001");
    const url = `${example.origin}/api/me?x=1`;
    expect([response.url, response.clone().url]).toEqual([url, url]);
    expect(await response.json()).toEqual({ hello: "world" });
  });

  it("discard an answer of a custom fetch, whatever kind of body it has", async () => {
    const bodies = [Readable.from(["moved"]), Readable.from(["here"])];
    const answers = bodies.map((body, index) => ({
      status: index === 0 ? 302 : 200,
      headers: new Headers({ location: "/api/next" }),
      body,
    }));
    const fetch = (): Promise<never> => Promise.resolve(answers.shift() as never);
    const response = await example.client({ fetch }).session(token).fetch("/me");
    expect(response.status).toBe(200);
    expect(bodies.map(({ destroyed }) => destroyed)).toEqual([true, false]);
  });

  it("use the fetch that the client was given", async () => {
    const calls: string[] = [];
    const own: typeof fetch = (input, init) => {
      calls.push(String(input));
      return fetch(input, init);
    };
    await example.client({ fetch: own }).session(token).fetch("/me");
    expect(calls).toEqual([`${example.origin}/api/me`]);
  });

  it("report in the response that they were redirected, and to which URL", async () => {
    example.api = ({ url }) =>
      url === "/api/old" ? { status: 302, headers: { location: "/api/new" } } : { body: {} };
    const responses = [await session.fetch("/old"), await session.fetch("/new")];
    const url = `${example.origin}/api/new`;
    expect(responses.map((response) => [response.redirected, response.url])).toEqual([
      [true, url],
      [false, url],
    ]);
  });

  it("send nothing, and do not refresh, for a caller who has already aborted", async () => {
    example.rotate("rt-old");
    const expired = Token.from({ accessToken: "at-old", refreshToken: "rt-old", expiresAt: 1 });
    const reason = new Error("mine");
    const failing = example.client().session(expired);
    await expect(failing.fetch("/me", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await turns();
    expect(example.server.requests).toEqual([]);
  });

  it("reject with the caller's own reason when the caller aborts", async () => {
    const controller = new AbortController();
    const reason = new Error("changed my mind");
    example.api = () => {
      controller.abort(reason);
      return "hang";
    };
    await expect(session.fetch("/slow", { signal: controller.signal })).rejects.toBe(reason);
  });
});

describe("where the token goes", () => {
  it("is the query with tokenPlacement: query, after the parameters that are there", async () => {
    const inQuery = example.client().session(token, { tokenPlacement: "query" });
    await inQuery.get("/me?a=1", { params: { b: "2" } });
    await inQuery.fetch("/me");
    expect(example.apiRequests.map(({ url }) => url)).toEqual([
      "/api/me?a=1&b=2&access_token=at-session-0001",
      "/api/me?access_token=at-session-0001",
    ]);
    expect(example.apiRequests[0]?.headers.authorization).toBeUndefined();
  });

  it("is the body with tokenPlacement: body, only if it is a form", async () => {
    const inBody = example.client().session(token, { tokenPlacement: "body" });
    await inBody.post("/me", new URLSearchParams({ a: "1" }));
    await inBody.post("/me");
    await inBody.fetch("/me", { method: "POST", body: new URLSearchParams({ b: "2" }) });
    expect(example.apiRequests.map(({ body }) => body)).toEqual([
      "a=1&access_token=at-session-0001",
      "access_token=at-session-0001",
      "b=2&access_token=at-session-0001",
    ]);
    await expect(inBody.post("/me", { json: true })).rejects.toMatchObject({
      code: "TOKEN_INVALID",
    });
    await expect(inBody.get("/me")).rejects.toMatchObject({ code: "TOKEN_INVALID" });
    expect(example.apiRequests).toHaveLength(3);
  });

  it("can have another scheme or name", async () => {
    const client = example.client({ tokenPlacement: { in: "header", scheme: "token" } });
    await client.session(token).get("/me", { validateStatus: null });
    await client.session(token, { tokenPlacement: { in: "query", name: "t" } }).fetch("/me");
    expect(example.apiRequests[0]?.headers.authorization).toBe("token at-session-0001");
    expect(example.apiRequests[1]?.url).toBe("/api/me?t=at-session-0001");
  });

  it("is nowhere when the caller's URL has an access_token", async () => {
    for (const send of [
      () => session.get("/me?access_token=mine"),
      () => session.get("/me", { params: { access_token: "mine" } }),
      () => session.fetch("/me?access_token=mine"),
    ]) {
      await expect(send()).rejects.toMatchObject({ code: "TOKEN_IN_URL" });
    }
    expect(example.apiRequests).toHaveLength(0);
  });

  it("is nowhere when the caller's URL has an access_token with an encoded name", async () => {
    const own = example.client().session(example.grant({ accessToken: "at-1" }));
    await expect(own.get("/x?access%5Ftoken=other")).rejects.toMatchObject({
      code: "TOKEN_IN_URL",
    });
    expect(example.apiRequests).toEqual([]);
  });

  it("is nowhere with withholdToken, which allows any origin", async () => {
    const other = await ExampleProvider.start();
    other.server.answer = () => ({ body: {} });
    await session.get(`${other.origin}/x`, { withholdToken: true });
    await session.fetch(`${other.origin}/y`, { withholdToken: true });
    expect(other.server.requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      undefined,
    ]);
    await other.close();
  });

  it("does not change that API headers go to the API only, and the caller's own credentials stay", async () => {
    const other = await ExampleProvider.start();
    const headers = { "x-api-key": "partner-key" };
    const own = example
      .client({}, { api: { baseUrl: `${example.origin}/api`, headers } })
      .session(example.grant({ accessToken: "at-1" }));
    const auth = { username: "user", password: "pw" };
    await own.get(`${other.origin}/a`, { withholdToken: true, auth, validateStatus: null });
    await own.fetch(`${other.origin}/b`, { withholdToken: true });
    await own.get("/c", { withholdToken: true, validateStatus: null });
    await other.close();
    const [first, second] = other.server.requests;
    expect(first?.headers).not.toHaveProperty("x-api-key");
    expect(first?.headers.authorization).toBe(`Basic ${btoa("user:pw")}`);
    expect(second?.headers).not.toHaveProperty("x-api-key");
    expect(example.apiRequests[0]?.headers["x-api-key"]).toBe("partner-key");
  });

  it("can be chosen without a session, for a config or an instance", async () => {
    const url = `${example.origin}/api/me`;
    await axios.get(url, bearer(token));
    await axios.request(placeToken({ url: `${url}?a=1#f` }, token, "query"));
    await axios.request(
      placeToken(
        { url, method: "post", data: new URLSearchParams({ a: "1" }) },
        "at-session-0001",
        "body",
      ),
    );
    const instance = placeToken(axios.create({ baseURL: example.origin }), token);
    await instance.get("/api/me");
    expect(
      example.apiRequests.map(({ url: path, headers, body }) => [
        path,
        headers.authorization,
        body,
      ]),
    ).toEqual([
      ["/api/me", "Bearer at-session-0001", ""],
      ["/api/me?a=1&access_token=at-session-0001", undefined, ""],
      ["/api/me", undefined, "a=1&access_token=at-session-0001"],
      ["/api/me", "Bearer at-session-0001", ""],
    ]);
  });
});

describe("limits", () => {
  it("end a request whose headers or body do not come in time, by axios and by fetch", async () => {
    for (const stage of ["headers", "body"] as const) {
      for (const shape of ["axios", "fetch"] as const) {
        const clock = new FakeClock();
        const limited = example.client({ clock, timeout: 5000 }).session(token);
        let arrived = (): void => undefined;
        const arrival = new Promise<void>((resolve) => (arrived = resolve));
        example.api = (_request, response) => {
          if (stage === "body") response.writeHead(200, { "content-length": "100" }).write("{");
          setImmediate(arrived);
          return "hang";
        };
        const call =
          shape === "axios"
            ? limited.get("/slow")
            : limited.fetch("/slow").then((response) => response.text());
        const outcome = call.catch((thrown: unknown) => thrown);
        await arrival;
        // Only the first bytes of the body are sent.
        await new Promise((resolve) => setImmediate(resolve));
        clock.advance(4999);
        clock.advance(1);
        const error = await outcome;
        if (stage === "body" && shape === "fetch") {
          // The caller reads the body, and gets the platform's own error.
          expect(error).toMatchObject({ name: "TimeoutError" });
        } else {
          expect(error).toMatchObject({ code: "TIMEOUT", retryable: true });
        }
      }
    }
  });

  it("can be set for one whole request by timeout, in milliseconds", async () => {
    const clock = new FakeClock();
    example.api = () => "hang";
    const call = example.client({ clock }).session(token).get("/slow", { timeout: 10 });
    const outcome = call.catch((thrown: unknown) => thrown);
    await clock.scheduled();
    clock.advance(10);
    expect(await outcome).toMatchObject({ code: "TIMEOUT" });
  });

  it("refuse an answer of more than 10 MiB, unless the request allows more", async () => {
    const body = Buffer.alloc(10 * 1024 * 1024 + 1, "x");
    example.api = () => ({ body, headers: { "content-type": "text/plain" } });
    await expect(session.get("/huge")).rejects.toMatchObject({ code: "RESPONSE_TOO_LARGE" });
    const { data } = await session.get<string>("/huge", { maxContentLength: 20 * 1024 * 1024 });
    expect(data).toHaveLength(body.length);
  });

  it("leave no timer behind", async () => {
    const clock = new FakeClock();
    const counted = example.client({ clock }).session(token);
    await counted.get("/me");
    await counted.get("https://evil.example/").catch(() => undefined);
    expect(clock.pending).toBe(0);
  });

  it("refuse a socket path", async () => {
    await expect(session.get("/me", { socketPath: "/var/run/x.sock" })).rejects.toMatchObject({
      code: "URL_INVALID",
    });
  });
});

describe("a session", () => {
  it("rejects with a hook's own error, by axios and by fetch", async () => {
    const mine = new Error("my hook's own");
    const hooked = example.client({
      hooks: {
        protectedRequest: () => {
          throw mine;
        },
      },
    });
    await expect(hooked.session(token).get("/me")).rejects.toBe(mine);
    await expect(hooked.session(token).fetch("/me")).rejects.toBe(mine);
  });

  it("does not report a call that fetch refuses as a network failure", async () => {
    const failing = session.fetch("/me", { method: "GET", body: "x" });
    await expect(failing).rejects.toBeInstanceOf(TypeError);
    await expect(failing).rejects.not.toHaveProperty("code");
  });

  it("keeps a maxRedirects below five, and does not change the URL for empty params", async () => {
    example.api = ({ url }) => ({ status: 302, headers: { location: `${url}x` } });
    await expect(session.get("/a", { maxRedirects: 1 })).rejects.toMatchObject({
      code: "REDIRECT_REFUSED",
    });
    expect(example.apiRequests).toHaveLength(2);
    example.api = () => ({ body: {} });
    await session.get("/b?x=1", { params: {} });
    expect(example.apiRequests.at(-1)?.url).toBe("/api/b?x=1");
  });

  it("follows a 303 after a form with the token in its body", async () => {
    example.api = ({ url }) =>
      url === "/api/form" ? { status: 303, headers: { location: "/done" } } : { body: {} };
    example.server.answer = ((answer) => (request, response) =>
      request.url === "/done" ? { body: { done: true } } : answer(request, response))(
      example.server.answer,
    );
    const inBody = example.client().session(token, { tokenPlacement: "body" });
    const { data } = await inBody.post<unknown>("/form", new URLSearchParams({ a: "1" }));
    expect(data).toEqual({ done: true });
    const response = await inBody.fetch("/form", { method: "POST", body: new URLSearchParams() });
    expect(response.status).toBe(200);
  });

  it("is not authorized when its refresh token has expired as well", () => {
    const clock = new FakeClock();
    const ended = { accessToken: "a", refreshToken: "r", expiresAt: clock.now() - 1 };
    const client = example.client({ clock });
    expect(client.session(ended).authorized).toBe(true);
    const both = { ...ended, refreshTokenExpiresAt: clock.now() };
    expect(client.session(both).authorized).toBe(false);
  });
});

it("placeToken encodes a token for the query, and leaves the rest of the query and the fragment as they are", () => {
  const { url } = placeToken(
    { url: "https://api.example.com/x?a=%20b&c=d+e#f=g" },
    "a+b&c/=",
    "query",
  );
  expect(url).toBe("https://api.example.com/x?a=%20b&c=d+e&access_token=a%2Bb%26c%2F%3D#f=g");
});

import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { OAuth2ClientOptions, OAuth2Session } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { LoopbackServer } from "./support/loopback-server.ts";

let example: ExampleProvider;
let evil: LoopbackServer;

beforeEach(async () => {
  example = await ExampleProvider.start();
  evil = await LoopbackServer.start(() => ({ body: {} }));
});
afterEach(() => Promise.all([example.close(), evil.close()]));

function session(options: Partial<OAuth2ClientOptions> = {}): OAuth2Session {
  return example
    .client({ clock: new FakeClock(), ...options })
    .session(example.grant({ accessToken: "at-good", refreshToken: "rt-old" }));
}

const senders = {
  axios: (of: OAuth2Session, url: string, init: Record<string, unknown> = {}) =>
    of.request({ url, validateStatus: null, ...init }),
  fetch: (of: OAuth2Session, url: string, { data, ...init }: Record<string, unknown> = {}) =>
    of.fetch(url, { ...init, ...(data !== undefined && { body: data as string }) }),
};

describe.each(Object.entries(senders))("through %s", (shape, send) => {
  const stream = (): unknown =>
    shape === "axios" ? Readable.from(["once"]) : new Blob(["once"]).stream();

  it("a URL with an access_token parameter is refused before anything is sent", async () => {
    for (const url of ["/x?access_token=mine", "/x?a=1&access%5ftoken=mine"]) {
      expect(await rejectionOf(send(session(), url))).toMatchObject({ code: "TOKEN_IN_URL" });
    }
    expect(example.server.requests).toEqual([]);
  });

  it("a repeated 401 causes two requests and one refresh; a stream is sent once", async () => {
    example.rotate("rt-old");
    const of = session();
    example.accepted.has = () => false;
    expect((await send(of, "/x", { method: "POST", data: "body" })).status).toBe(401);
    expect(example.apiRequests.map(({ body }) => body)).toEqual(["body", "body"]);
    expect(example.tokenRequests).toHaveLength(1);
    expect((await send(of, "/x", { method: "PUT", data: stream() })).status).toBe(401);
    expect(example.apiRequests.map(({ body }) => body)).toEqual(["body", "body", "once"]);
  });

  it.each([
    [403, undefined],
    [403, 'Bearer error="insufficient_scope", scope="admin"'],
    [401, 'Bearer error="insufficient_scope"'],
  ])(
    "status %d with %j causes neither a refresh nor a second request",
    async (status, challenge) => {
      example.api = () => ({
        status,
        ...(challenge && { headers: { "www-authenticate": challenge } }),
      });
      expect((await send(session(), "/x")).status).toBe(status);
      expect(example.apiRequests).toHaveLength(1);
      expect(example.tokenRequests).toEqual([]);
    },
  );

  it.each([
    ["baseURL", () => evil.origin],
    ["proxy", () => ({ host: "127.0.0.1", port: Number(new URL(evil.origin).port) })],
    ["headers", () => ({ "x-evil": "yes" })],
    ["auth", () => ({ username: "evil", password: "evil" })],
    ["transformRequest", () => [() => "evil"]],
    ["withholdToken", () => true],
    ["retries", () => 10],
    ["allowedOrigins", () => [evil.origin]],
    ["maxContentLength", () => 1],
    ["tokenPlacement", () => "query"],
  ])("%s on Object.prototype changes no request", async (name, value) => {
    // A client is created at the start, sessions and requests while the prototype is polluted.
    const token = example.grant({ accessToken: "at-good" });
    const client = example.client({ clock: new FakeClock() });
    const polluted = Object.prototype as Record<string, unknown>;
    Object.defineProperty(polluted, name, {
      value: value(),
      configurable: true,
      writable: true,
      enumerable: false,
    });
    let evilOutcome: unknown;
    try {
      const of = client.session(token);
      await send(of, "/x", { method: "POST", data: "mine" });
      evilOutcome = await rejectionOf(send(of, `${evil.origin}/steal`));
    } finally {
      delete polluted[name];
    }
    expect(evilOutcome).toMatchObject({ code: "ORIGIN_NOT_ALLOWED" });
    expect(evil.requests).toEqual([]);
    const [request] = example.apiRequests;
    expect(request).toMatchObject({
      url: "/api/x",
      body: "mine",
      headers: { authorization: "Bearer at-good" },
    });
    expect(request?.headers["x-evil"]).toBeUndefined();
  });

  it.each([
    ["data:application/json,{}", "URL_INVALID"],
    ["file:///etc/passwd", "URL_INVALID"],
    ["unix:/var/run/docker.sock:/info", "URL_INVALID"],
    ["http://unix:/var/run/docker.sock:/info", "ORIGIN_NOT_ALLOWED"],
    ["ftp://files.example/", "URL_INVALID"],
    ["http://[::ffff:169.254.169.254]/latest", "ORIGIN_NOT_ALLOWED"],
    ["http://169.254.169.254/latest", "ORIGIN_NOT_ALLOWED"],
    ["http://2852039166/latest", "ORIGIN_NOT_ALLOWED"],
    ["http://0xa9fea9fe/latest", "ORIGIN_NOT_ALLOWED"],
    ["http://0251.0376.0251.0376/latest", "ORIGIN_NOT_ALLOWED"],
    ["https://[::1]/", "ORIGIN_NOT_ALLOWED"],
  ])("the URL %s is refused", async (url, code) => {
    expect(await rejectionOf(send(session(), url))).toMatchObject({ code });
    expect(example.server.requests).toEqual([]);
  });

  it("a URL without http or https is refused without the token as well", async () => {
    for (const url of ["data:application/json,{}", "file:///etc/passwd", "unix:/x"]) {
      expect(await rejectionOf(send(session(), url, { withholdToken: true }))).toMatchObject({
        code: "URL_INVALID",
      });
    }
  });
});

it("profile() reports a missing permission", async () => {
  example.api = () => ({
    status: 403,
    headers: { "www-authenticate": 'Bearer error="insufficient_scope"' },
    body: { error: "insufficient_scope", error_description: "needs profile" },
  });
  expect(await rejectionOf(session().profile())).toMatchObject({
    code: "API_REQUEST_FAILED",
    status: 403,
    error: "insufficient_scope",
    retryable: false,
  });
  expect(example.tokenRequests).toEqual([]);
});

it("a socketPath is refused, both of a request and of the client", async () => {
  const path = { socketPath: "/var/run/x.sock" };
  for (const sent of [session().get("/x", path), session({ http: path }).get("/x")]) {
    expect(await rejectionOf(sent)).toMatchObject({ code: "URL_INVALID" });
  }
});

import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import {
  defineProvider,
  isOAuthError,
  OAuth2Client,
  type OAuth2ClientOptions,
  openIdProfile,
  Token,
} from "@grantkit/core";
import type { AxiosAdapter, InternalAxiosRequestConfig } from "axios";
import { Redactor } from "../src/errors/redaction.ts";
import { parseBody } from "../src/http/response-body.ts";
import { parseRetryAfter } from "../src/http/retry-after.ts";
import { parseScope } from "../src/tokens/scopes.ts";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import { callbackOf, ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { FaultyProvider, signingKey } from "./support/faulty-provider.ts";
import { LoopbackServer } from "./support/loopback-server.ts";
import { turns } from "./support/turns.ts";

// Threats that have no file of their own: each is a row of the test plan, by its number.

const KEY = signingKey("RS256", "first");
let example: ExampleProvider;

beforeEach(async () => {
  example = await ExampleProvider.start();
});

afterEach(() => example.close());

describe("row 1: login CSRF", () => {
  it("an attacker's own callback does not end the sign-in of another browser", async () => {
    const client = example.client();
    const [attackers, victims] = await Promise.all([
      client.authorizationRequest(),
      client.authorizationRequest(),
    ]);
    const error = await rejectionOf(client.fetchToken(callbackOf(attackers), victims));
    expect(error).toMatchObject({ code: "STATE_MISMATCH" });
    expect(example.server.requests).toEqual([]);
  });

  it("a browser that has no sign-in under way is told so, and nothing is sent", async () => {
    const client = example.client();
    const attackers = await client.authorizationRequest();
    const error = await rejectionOf(client.fetchToken(callbackOf(attackers), undefined as never));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(example.server.requests).toEqual([]);
  });
});

it("row 4: one provider's code on the callback of another is sent to neither token endpoint", async () => {
  const other = await ExampleProvider.start();
  const here = example.client({}, { name: "here", issuer: "https://here.example.com" });
  const there = other.client({}, { name: "there", issuer: "https://there.example.com" });
  const request = await here.authorizationRequest();
  const mixed = await rejectionOf(there.fetchToken(callbackOf(request), request));
  expect(mixed).toMatchObject({ code: "PROVIDER_MISMATCH" });
  const spoofed = callbackOf(request, { iss: "https://there.example.com" });
  expect(await rejectionOf(here.fetchToken(spoofed, request))).toMatchObject({
    code: "ISSUER_MISMATCH",
  });
  expect([...example.server.requests, ...other.server.requests]).toEqual([]);
  await other.close();
});

describe("row 7: PKCE downgrade", () => {
  it.each([[undefined], [[]], [["plain"]]])(
    "metadata with code_challenge_methods_supported %j changes nothing",
    async (methods) => {
      const provider = await FaultyProvider.start(KEY);
      provider.metadata = { code_challenge_methods_supported: methods };
      const client = await provider.discover();
      const request = await client.authorizationRequest();
      const query = new URL(request.url).searchParams;
      expect(query.get("code_challenge_method")).toBe("S256");
      expect(query.get("code_challenge")).toMatch(/^[\w-]{43}$/);
      await client.fetchToken(provider.callbackFor(request), request);
      const [exchange] = provider.server.received("/token");
      expect(new URLSearchParams(exchange?.body).get("code_verifier")).toBe(request.codeVerifier);
      await provider.close();
    },
  );
});

it("row 42: two subjects with one email are two identities, and unverified is not unknown", () => {
  const email = "ada@example.com";
  const [first, second] = ["1", "2"].map((sub) => openIdProfile({ sub, email }));
  expect(first?.id).not.toBe(second?.id);
  expect([first?.emailVerified, second?.emailVerified]).toEqual([undefined, undefined]);
  expect(openIdProfile({ sub: "1", email, email_verified: false }).emailVerified).toBe(false);
  expect(openIdProfile({ sub: "1", email, email_verified: true }).emailVerified).toBe(true);
});

/** A client whose requests go to a function. */
function scripted(
  reply: (config: InternalAxiosRequestConfig) => {
    readonly status?: number;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  },
  options: Partial<OAuth2ClientOptions> = {},
): OAuth2Client {
  const adapter: AxiosAdapter = (config) => {
    const { status = 200, headers = {}, body = "{}" } = reply(config);
    return Promise.resolve({ status, statusText: "", headers, data: Buffer.from(body), config });
  };
  const provider = defineProvider({
    name: "example",
    endpoints: { token: "https://id.example.com/token" },
    api: { baseUrl: "https://api.example.com/v1" },
  });
  return new OAuth2Client(provider, {
    clientId: "client",
    clock: new FakeClock(),
    http: { adapter },
    retries: 0,
    ...options,
  });
}

describe("row 44: a redirect to another origin", () => {
  const elsewhere = {
    host: "https://evil.example.org/end",
    port: "https://api.example.com:8443/end",
    scheme: "http://api.example.com/end",
    subdomain: "https://files.api.example.com/end",
  };
  const cases = [301, 302, 303, 307, 308].flatMap((status) =>
    Object.entries(elsewhere).map(([kind, location]) => [status, kind, location] as const),
  );
  it.each(cases)("%d by its %s carries no secret", async (status, kind, location) => {
    const sent: InternalAxiosRequestConfig[] = [];
    const client = scripted((config) => {
      sent.push(config);
      return config.url?.endsWith("/start") ? { status, headers: { location } } : {};
    });
    const session = client.session({ accessToken: CANARY.accessToken });
    const headers = {
      "x-api-key": CANARY.code,
      cookie: CANARY.refreshToken,
      "proxy-authorization": CANARY.clientSecret,
      dpop: CANARY.idToken,
    };
    const outcomes = await Promise.allSettled([
      session.get("/start", { headers }),
      session.post("/start", { data: CANARY.userData }, { headers }),
    ]);
    if (kind === "scheme") {
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({ reason: { code: "REDIRECT_REFUSED" } });
      }
    }
    const crossed = sent.filter(({ url }) => !url?.startsWith("https://api.example.com/"));
    expect(crossed.length > 0).toBe(kind !== "scheme");
    for (const request of crossed) {
      const shown = JSON.stringify([request.url, request.headers.toJSON(), request.data]);
      for (const secret of Object.values(CANARY)) expect(shown).not.toContain(secret);
    }
  });
});

describe("row 52: a polluted Object.prototype", () => {
  let evil: LoopbackServer;

  beforeEach(async () => {
    evil = await LoopbackServer.start(() => ({ body: {} }));
  });
  afterEach(() => evil.close());

  async function polluted(additions: object, work: () => Promise<void>): Promise<void> {
    const prototype = Object.prototype as Record<string, unknown>;
    for (const [name, value] of Object.entries(additions)) {
      Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
    }
    try {
      await work();
    } finally {
      for (const name of Object.keys(additions)) Reflect.deleteProperty(prototype, name);
    }
  }

  const additions: [string, (origin: string) => unknown][] = [
    ["baseURL", (origin) => origin],
    ["proxy", (origin) => ({ host: "127.0.0.1", port: Number(new URL(origin).port) })],
    ["headers", () => ({ authorization: "Bearer evil" })],
    ["auth", () => ({ username: "evil", password: "evil" })],
    ["transformRequest", () => () => "evil"],
    ["params", () => ({ evil: "1" })],
    ["allowedOrigins", (origin) => [origin]],
    ["maxRedirects", () => 0],
  ];
  it.each(additions)("by %s changes no request", async (name, value) => {
    const client = example.client();
    const session = client.session(example.grant({ accessToken: CANARY.accessToken }));
    await session.get("/warm");
    await rejectionOf(client.refreshToken({ accessToken: "a-b-c-d", refreshToken: "rt-1" })).catch(
      () => undefined,
    );
    example.server.requests.length = 0;
    await polluted({ [name]: value(evil.origin) }, async () => {
      await session.get("/me");
      await session.post("/me", { a: 1 });
      await session.fetch("/me");
      await client.refreshToken({ accessToken: "a-b-c-e", refreshToken: "rt-2" });
    });
    expect(evil.requests).toEqual([]);
    const [get, post, fetched, refresh] = example.server.requests;
    for (const request of [get, post, fetched]) {
      expect(request?.url).toBe("/api/me");
      expect(request?.headers.authorization).toBe(`Bearer ${CANARY.accessToken}`);
    }
    expect(post?.body).toBe('{"a":1}');
    expect(refresh?.url).toBe("/token");
    expect(new URLSearchParams(refresh?.body).get("refresh_token")).toBe("rt-2");
    for (const request of example.server.requests) {
      expect(JSON.stringify(request)).not.toContain("evil");
    }
  });
});

it("row 101: metadata of another issuer is refused by an error that names both", async () => {
  const provider = await FaultyProvider.start(KEY);
  for (const issuer of ["https://other.example.com/", `${provider.issuer}/`]) {
    provider.metadata = { issuer };
    const error = await rejectionOf(provider.discover());
    expect(error).toMatchObject({ code: "ISSUER_MISMATCH" });
    expect((error as Error).message).toContain(provider.issuer);
    expect((error as Error).message).toContain(issuer);
  }
  await provider.close();
});

it("row 105: an error of one copy of the package is known to another", async () => {
  jest.resetModules();
  const copy = await import("@grantkit/core");
  const thrown: unknown = await Promise.resolve()
    .then(() => copy.Token.from({ accessToken: "" }))
    .catch((error: unknown) => error);
  expect(copy.Token).not.toBe(Token);
  expect(thrown).not.toBeInstanceOf(Token);
  expect(isOAuthError(thrown) && thrown.code).toBe("TOKEN_INVALID");
  const provider = copy.defineProvider({
    name: "example",
    endpoints: { token: "https://id.example.com/token" },
  });
  expect(() => new OAuth2Client(provider, { clientId: "client" })).not.toThrow();
});

describe("row 108: an answer that is nested two million levels deep", () => {
  it("is refused with a typed error", async () => {
    const deep = "[".repeat(2_000_000);
    example.token = () => ({
      headers: { "content-type": "application/json" },
      body: `{"access_token":"${CANARY.accessToken}","deep":${deep}`,
    });
    const stored = { accessToken: "at-deep-0001", refreshToken: CANARY.refreshToken };
    const error = await rejectionOf(example.client().refreshToken(stored));
    expect(error).toMatchObject({ code: "RESPONSE_TOO_LARGE" });
  });
});

describe("row 110: a million characters made to be slow to match", () => {
  // What takes quadratic time takes hours here, and ends by the time limit of the test; nothing is measured.
  const MILLION = 1_000_000;
  const long = (text: string): string => text.repeat(MILLION / text.length);
  const spaced = `${long(" ")}x`;
  const client = scripted(() => ({}));
  const session = client.session(Token.from({ accessToken: CANARY.accessToken }));
  const settle = (work: Promise<unknown>): Promise<unknown> =>
    work.catch((error: unknown) => error);

  const rows: [string, () => unknown][] = [
    ["scope of white space", () => parseScope(`a${spaced}`)],
    ["scope of commas", () => parseScope(long(", "), ",")],
    ["Retry-After of digits", () => parseRetryAfter(long("1"), 0)],
    ["Retry-After of a date and white space", () => parseRetryAfter(`Mon, ${spaced}`, 0)],
    [
      "error text of control characters",
      () => new Redactor([CANARY.code]).line(long("\u0000\u2028")),
    ],
    ["error text that is nearly a secret", () => new Redactor([`${long("a")}b`]).text(long("a"))],
    ["form", () => parseBody(Buffer.from(`${long("a")}%`), "text/plain")],
    ["form of percent signs", () => parseBody(Buffer.from(long("%=&")), "text/plain")],
    ["JWT of dots", () => settle(client.verifyIdToken(long(".")))],
    ["path of dots", () => settle(session.get(long("../")))],
    ["path of encoded dots", () => settle(session.get(long("%2e%2e/")))],
    ["path of slashes", () => settle(session.get(`/${long("/")}`))],
    ["path of backslashes", () => settle(session.get(long("\\")))],
    ["URL of at signs", () => settle(session.get(`https://${long("a@")}`))],
    [
      "access token",
      () => settle(Promise.resolve().then(() => Token.from({ accessToken: spaced }))),
    ],
    [
      "time of another library's token",
      () =>
        settle(
          Promise.resolve().then(() =>
            Token.from({ access_token: "a", expires_at: `${long("1")}x`, scope: spaced }),
          ),
        ),
    ],
    [
      "name of an option",
      () =>
        settle(
          Promise.resolve().then(
            () => new OAuth2Client(client.provider, { clientId: "c", [long("client_")]: 1 }),
          ),
        ),
    ],
    [
      "redirect URI",
      () =>
        settle(
          Promise.resolve().then(
            () => new OAuth2Client(client.provider, { clientId: "c", redirectUri: long("a.") }),
          ),
        ),
    ],
  ];
  it.each(rows)("%s", async (_name, work) => {
    expectNoCanary(await work());
  });
});

describe("row 111: a thousand calls that fail", () => {
  it("leave no timer and no connection", async () => {
    const clock = new FakeClock();
    const client = example.client({ clock, retries: 0 });
    const session = client.session(example.grant({ accessToken: CANARY.accessToken }));
    example.api = () => "cut";
    example.token = () => "cut";
    const stored = { accessToken: "at-leak-0001", refreshToken: "rt-leak-0001" };
    const fail = async (): Promise<void> => {
      const outcomes = await Promise.allSettled([
        session.get("/x"),
        session.fetch("/x"),
        client.userInfo(session.token),
        client.refreshToken(stored, { scope: ["a"] }),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => "rejected"));
    };
    const handles = (): number =>
      process.getActiveResourcesInfo().filter((name) => /Timeout|TCP|TLS/.test(name)).length;
    await fail();
    await turns();
    const before = handles();
    for (let round = 0; round < 250; round += 1) await fail();
    await turns();
    expect(clock.pending).toBe(0);
    expect(handles()).toBeLessThanOrEqual(before + 2);
  });
});

it("row 112: key sets are held for a hundred providers at once, and the oldest is forgotten", async () => {
  const fetched: string[] = [];
  const adapter: AxiosAdapter = (config) => {
    fetched.push(config.url as string);
    const data = Buffer.from(JSON.stringify({ keys: [KEY.jwk] }));
    return Promise.resolve({ status: 200, statusText: "", headers: {}, data, config });
  };
  const shared = { clientId: "client", clock: new FakeClock(), http: { adapter } };
  const verify = async (index: number): Promise<void> => {
    const issuer = `https://id-${index}.example.com`;
    const provider = defineProvider({
      name: "example",
      issuer,
      endpoints: { token: `${issuer}/token`, jwks: `${issuer}/keys` },
    });
    await rejectionOf(new OAuth2Client(provider, shared).verifyIdToken("e30.e30.e30"));
    const header = Buffer.from('{"alg":"RS256","kid":"first"}').toString("base64url");
    await rejectionOf(new OAuth2Client(provider, shared).verifyIdToken(`${header}.e30.AAAA`));
  };
  for (let index = 0; index <= 100; index += 1) await verify(index);
  expect(fetched).toHaveLength(101);
  await verify(100);
  expect(fetched).toHaveLength(101);
  await verify(0);
  expect(fetched).toHaveLength(102);
});

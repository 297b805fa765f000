import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type DiscoverOptions,
  OAuth2Client,
  type OAuth2ClientOptions,
  privateKeyJwt,
  type ProviderDefinition,
} from "@grantkit/core";
import { generateKeyPairSync } from "node:crypto";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import { hurry } from "./support/hurry.ts";
import { type Answer, LoopbackServer, type ReceivedRequest } from "./support/loopback-server.ts";
import { GOOD, signIn, TokenEndpoint } from "./support/token-endpoint.ts";

let endpoint: TokenEndpoint;

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
});

afterEach(() => endpoint.close());

type Reply = Answer | "cut" | "hang";

/** Sets the server's answers, in order; the last one is repeated. */
function answers(...list: Reply[]): void {
  let next = 0;
  endpoint.answer(() => {
    const answer = list[Math.min(next, list.length - 1)] as Reply;
    next += 1;
    return answer;
  });
}

function client(
  options: Partial<OAuth2ClientOptions> = {},
  definition: Partial<ProviderDefinition> = {},
): OAuth2Client {
  const endpoints = endpoint.everyEndpoint;
  return endpoint.client({ endpoints, ...definition }, { random: () => 0.999, ...options });
}

const hurried = <T>(work: Promise<T>): Promise<T> => hurry(endpoint.clock, work);
const discover = (options: Partial<DiscoverOptions> = {}): Promise<OAuth2Client> =>
  OAuth2Client.discover(endpoint.server.origin, {
    clientId: "c",
    clock: endpoint.clock,
    random: () => 0.999,
    ...options,
  });

interface Call {
  readonly send: (options?: Partial<OAuth2ClientOptions>) => Promise<unknown>;
  readonly success: () => Answer;
}

const CALLS: Readonly<Record<string, Call>> = {
  "client credentials": {
    send: (options) => client(options).fetchClientCredentialsToken(),
    success: () => ({ body: GOOD }),
  },
  introspection: {
    send: (options) => client(options).introspectToken(CANARY.accessToken),
    success: () => ({ body: { active: true } }),
  },
  "user info": {
    send: (options) => client(options).userInfo({ accessToken: CANARY.accessToken }),
    success: () => ({ body: { sub: "7" } }),
  },
  "device authorization": {
    send: (options) => client(options).fetchDeviceAuthorization(),
    success: () => ({
      body: {
        device_code: "dc",
        user_code: "uc",
        verification_uri: "https://id.example.com/device",
        expires_in: 600,
      },
    }),
  },
  "pushed authorization": {
    send: (options) => client(options).authorizationRequest({ pushed: true }),
    success: () => ({ status: 201, body: { request_uri: "urn:x:1", expires_in: 60 } }),
  },
  metadata: {
    send: (options) => discover(options),
    success: () => ({
      body: { issuer: endpoint.server.origin, token_endpoint: `${endpoint.server.origin}/token` },
    }),
  },
};
const NAMES = Object.keys(CALLS);

describe.each(NAMES)("a request for %s, which changes nothing at the provider,", (name) => {
  const { send, success } = CALLS[name] as Call;

  it.each<[string, Reply]>([
    ["status 429", { status: 429 }],
    ["status 502 and a page", { status: 502, body: "<h1>Bad gateway</h1>" }],
    ["status 503", { status: 503 }],
    ["status 504", { status: 504 }],
    ["a connection that is reset", "cut"],
  ])("is sent again after %s", async (_what, failure) => {
    answers(failure, failure, success());
    await hurried(send());
    expect(endpoint.server.requests).toHaveLength(3);
  });

  it.each<[string, Reply]>([
    ["status 500", { status: 500 }],
    ["status 403", { status: 403 }],
    ["a Retry-After beyond a minute", { status: 503, headers: { "retry-after": "61" } }],
  ])("is not sent again after %s", async (_what, failure) => {
    answers(failure);
    await rejectionOf(send({ timeout: 1e9 }));
    const paths = new Set(endpoint.server.requests.map(({ url }) => url));
    expect(endpoint.server.requests).toHaveLength(paths.size);
  });

  it("is sent three times at most, or as the option `retries` says", async () => {
    answers({ status: 503 });
    await rejectionOf(hurried(send()));
    expect(endpoint.server.requests).toHaveLength(3);
    await rejectionOf(send({ retries: false }));
    expect(endpoint.server.requests).toHaveLength(4);
    await rejectionOf(hurried(send({ retries: 1 })));
    expect(endpoint.server.requests).toHaveLength(6);
  });

  it("waits as long as Retry-After says", async () => {
    const { clock } = endpoint;
    answers({ status: 429, headers: { "retry-after": "7" } }, success());
    const start = clock.now();
    await hurried(send());
    expect(endpoint.server.requests).toHaveLength(2);
    expect(clock.now() - start).toBeGreaterThanOrEqual(7_000);
  });

  it("is not sent again when the pause would end after the time limit", async () => {
    answers({ status: 503, headers: { "retry-after": "3" } });
    await rejectionOf(send({ timeout: 2_000 }));
    expect(endpoint.server.requests).toHaveLength(1);
  });

  it("has one time limit for all attempts", async () => {
    const { clock } = endpoint;
    answers({ status: 503, headers: { "retry-after": "3" } }, "hang");
    const start = clock.now();
    const error = await rejectionOf(hurried(send({ timeout: 5_000 })));
    expect(error).toMatchObject({ code: "TIMEOUT", retryable: true });
    expect((error as Error).message).toContain("within 5000 ms");
    expect(clock.now() - start).toBeLessThan(6_000);
    expect(endpoint.server.requests).toHaveLength(2);
  });
});

it.each(NAMES.filter((name) => name !== "user info"))(
  "a request for %s is sent again after a response that breaks off",
  async (name) => {
    const { send, success } = CALLS[name] as Call;
    let received = 0;
    endpoint.answer((_request, response) => {
      received += 1;
      if (received > 1) return success();
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
      response.write("{", () => response.destroy());
      return undefined;
    });
    await hurried(send());
    expect(received).toBe(2);
  },
);

describe("an abort during the pause before a retry", () => {
  it.each([
    [
      "introspection",
      (of: OAuth2Client, signal: AbortSignal) => of.introspectToken("t", { signal }),
    ],
    [
      "client credentials",
      (of: OAuth2Client, signal: AbortSignal) => of.fetchClientCredentialsToken({ signal }),
    ],
  ])("ends the call: %s", async (_name, send) => {
    const { clock, server } = endpoint;
    answers({ status: 503 });
    const abort = new AbortController();
    const failing = rejectionOf(send(client(), abort.signal));
    // The time limit and the pause.
    await clock.scheduled(2);
    abort.abort();
    expect(await failing).toMatchObject({ code: "ABORTED", retryable: false });
    expect(server.requests).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});

describe("a request that uses up a code or rotates a token is sent once", () => {
  it.each<[string, Reply]>([
    ["503", { status: 503 }],
    ["429", { status: 429, headers: { "retry-after": "1" } }],
    ["a connection that is reset", "cut"],
  ])("after %s", async (_what, failure) => {
    answers(failure);
    const of = client();
    const calls = [
      () => signIn(of),
      () => of.fetchPasswordToken({ username: "u", password: "p" }),
      () => of.fetchJwtBearerToken({ assertion: "a.b.c" }),
      () => of.exchangeToken({ subjectToken: CANARY.accessToken }),
      () => of.revokeToken(CANARY.accessToken),
    ];
    for (const [index, call] of calls.entries()) {
      await rejectionOf(call());
      expect(endpoint.server.requests).toHaveLength(index + 1);
    }
  });
});

it("retries of OAuth endpoints and of the API share one retry budget", async () => {
  answers({ status: 503 });
  const of = client({}, { api: { baseUrl: `${endpoint.server.origin}/api` } });
  const session = of.session({ accessToken: CANARY.accessToken });
  for (let call = 0; call < 20; call += 1) {
    await rejectionOf(hurried(of.introspectToken(CANARY.accessToken)));
    await hurried(session.get("/x", { validateStatus: null }));
  }
  // 20 at the start, and one for ten calls.
  expect(endpoint.server.requests.length - 40).toBeLessThanOrEqual(24);
});

it("each attempt has a new assertion and a new DPoP proof", async () => {
  answers({ status: 503 }, { body: { ...GOOD, token_type: "DPoP" } });
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const of = client({
    clientAuthentication: privateKeyJwt({ key: privateKey.export({ format: "jwk" }) }),
    dpop: true,
  });
  const work = of.fetchClientCredentialsToken();
  // The time limit and the pause.
  await endpoint.clock.scheduled(2);
  endpoint.clock.advance(250);
  await work;
  const { requests } = endpoint.server;
  expect(requests).toHaveLength(2);
  const assertion = ({ body }: ReceivedRequest) =>
    new URLSearchParams(body).get("client_assertion");
  expect(new Set(requests.map(assertion)).size).toBe(2);
  expect(new Set(requests.map(({ headers }) => headers["dpop"])).size).toBe(2);
});

it("a client credentials session gets its token after one failure of the token endpoint", async () => {
  const { origin } = endpoint.server;
  let tokens = 0;
  endpoint.answer(({ url }) => {
    if (!url.startsWith("/token")) return { body: { hello: "world" } };
    tokens += 1;
    return tokens === 1 ? { status: 503 } : { body: GOOD };
  });
  const session = client({}, { api: { baseUrl: `${origin}/api` } }).clientCredentialsSession();
  expect((await hurried(session.get("/x"))).data).toEqual({ hello: "world" });
  expect(tokens).toBe(2);
});

describe("discovery", () => {
  const WELL_KNOWN = "/.well-known/openid-configuration";
  let pages: Record<string, Answer>;
  let elsewhere: LoopbackServer;

  beforeEach(async () => {
    const { origin } = endpoint.server;
    elsewhere = await LoopbackServer.start();
    pages = {
      "/moved": { body: { issuer: origin, token_endpoint: `${origin}/token` } },
    };
    endpoint.answer(({ url }) => pages[url] ?? { status: 404 });
  });

  afterEach(() => elsewhere.close());

  it.each([301, 302, 303, 307, 308])(
    "follows a redirect within the issuer's origin: %d",
    async (status) => {
      pages[WELL_KNOWN] = { status, headers: { location: "/step" } };
      pages["/step"] = { status, headers: { location: `${endpoint.server.origin}/moved` } };
      const { provider } = await discover();
      expect(provider.endpoints.token).toBe(`${endpoint.server.origin}/token`);
    },
  );

  it("follows no redirect to another origin", async () => {
    const { origin } = endpoint.server;
    const metadata = { issuer: origin, token_endpoint: `${elsewhere.origin}/token` };
    elsewhere.answer = () => ({ body: metadata });
    pages[WELL_KNOWN] = { status: 302, headers: { location: `${elsewhere.origin}${WELL_KNOWN}` } };
    const error = await rejectionOf(discover());
    expect(error).toMatchObject({ code: "DISCOVERY_FAILED", status: 302, retryable: false });
    expect((error as Error).message).toContain(elsewhere.origin);
    expect(elsewhere.requests).toEqual([]);
  });

  it.each([
    ["turns in a circle", WELL_KNOWN],
    ["leads to plain http", "http://id.example.com/x"],
    ["leads to a script", "javascript:alert(1)"],
    ["has a password in it", "http://u:p@127.0.0.1/x"],
  ])("fails when a redirect %s", async (_what, location) => {
    pages[WELL_KNOWN] = { status: 302, headers: { location } };
    expect(await rejectionOf(discover())).toMatchObject({ code: "DISCOVERY_FAILED" });
  });

  it("fails when a redirect leads to the metadata of another issuer", async () => {
    pages[WELL_KNOWN] = { status: 302, headers: { location: "/moved" } };
    pages["/moved"] = { body: { issuer: "https://evil.example.com", token_endpoint: "x" } };
    expect(await rejectionOf(discover())).toMatchObject({ code: "ISSUER_MISMATCH" });
  });
});

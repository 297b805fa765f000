import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type DeviceAuthorization,
  type DevicePending,
  type DeviceTokenOptions,
  isOAuthError,
  type OAuth2Client,
  type OAuth2ClientOptions,
  systemClock,
} from "@grantkit/core";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import { FaultyProvider, signingKey } from "./support/faulty-provider.ts";
import { hurry } from "./support/hurry.ts";
import type { Answer } from "./support/loopback-server.ts";
import { GOOD, TokenEndpoint } from "./support/token-endpoint.ts";
import { turns, until } from "./support/turns.ts";

const DEVICE_CODE = "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS-canary";

// RFC 8628 §3.2's example.
const RFC_DEVICE = {
  device_code: DEVICE_CODE,
  user_code: "WDJB-MJHT",
  verification_uri: "https://example.com/device",
  verification_uri_complete: "https://example.com/device?user_code=WDJB-MJHT",
  expires_in: 1800,
  interval: 5,
};

let endpoint: TokenEndpoint;
let device: Readonly<Record<string, unknown>>;
/** Sets the answers of the token endpoint, in order; the last one is repeated. */
let answers: (Answer | "hang" | "cut")[];

const error = (word: string, more: object = {}, status = 400): Answer => ({
  status,
  body: { error: word, ...more },
});
const PENDING = error("authorization_pending");
const APPROVED: Answer = { body: GOOD };

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
  device = RFC_DEVICE;
  answers = [APPROVED];
  endpoint.answer(({ url }) => {
    if (url === "/device_authorization") return { body: device };
    return answers.length > 1 ? answers.shift() : answers[0];
  });
});

afterEach(() => endpoint.close());

function client(options: Partial<OAuth2ClientOptions> = {}): OAuth2Client {
  const { origin } = endpoint.server;
  const endpoints = {
    token: `${origin}/token`,
    deviceAuthorization: `${origin}/device_authorization`,
  };
  return endpoint.client({ endpoints }, options);
}

/** Polls; returns how long it waited before each request, and the outcome. */
async function poll(
  given: DeviceAuthorization,
  { onPending, ...options }: DeviceTokenOptions = {},
  of = client(),
): Promise<{ outcome: unknown; waits: number[]; pending: DevicePending[] }> {
  const pending: DevicePending[] = [];
  const waits: number[] = [];
  const settled = of
    .fetchDeviceToken(given, {
      ...options,
      onPending: (state) => {
        pending.push(state);
        onPending?.(state);
      },
    })
    .then(
      (outcome) => ({ outcome, done: true }),
      (outcome: unknown) => ({ outcome, done: true }),
    );
  const results: { outcome: unknown }[] = [];
  void settled.then((value) => results.push(value));
  while (results.length === 0) {
    const asked = endpoint.requests.length;
    await Promise.race([endpoint.clock.scheduled(), settled]);
    await turns(3);
    if (results.length > 0) break;
    let waited = 0;
    while (endpoint.requests.length === asked && results.length === 0) {
      endpoint.clock.advance(1000);
      waited += 1;
      await turns(3);
      if (waited > 5000) throw new Error("it waits for ever");
    }
    if (endpoint.requests.length > asked) waits.push(waited);
    const seen = pending.length;
    await until(
      () =>
        results.length > 0 || pending.length > seen || pending.length >= endpoint.requests.length,
    );
  }
  return { outcome: results[0]?.outcome, waits, pending };
}

describe("a device authorization", () => {
  it("is RFC 8628's example", async () => {
    const given = await client({ clientAuthentication: "none" }).fetchDeviceAuthorization({
      scope: ["example_scope"],
    });
    const [request] = endpoint.server.requests;
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      client_id: "client",
      scope: "example_scope",
    });
    expect(request).toMatchObject({ method: "POST", url: "/device_authorization" });
    expect(given).toEqual({
      deviceCode: DEVICE_CODE,
      userCode: "WDJB-MJHT",
      verificationUri: "https://example.com/device",
      verificationUriComplete: "https://example.com/device?user_code=WDJB-MJHT",
      expiresAt: new Date(endpoint.clock.now() + 1_800_000),
      interval: 5,
      scope: ["example_scope"],
    });
  });

  it.each<[string, object, Partial<DeviceAuthorization>]>([
    ["no interval, which means five seconds", { interval: undefined }, { interval: 5 }],
    ["an interval that is a text", { interval: "7" }, { interval: 7 }],
    ["an interval that is nonsense", { interval: "soon" }, { interval: 5 }],
    [
      "a lifetime that is a text",
      { expires_in: "900" },
      { expiresAt: new Date(Date.UTC(2026, 0, 15, 12, 15)) },
    ],
    [
      "the address under the name that it had before the RFC",
      {
        verification_uri: undefined,
        verification_uri_complete: undefined,
        verification_url: "https://example.com/old",
        verification_url_complete: "https://example.com/old?c=1",
      },
      {
        verificationUri: "https://example.com/old",
        verificationUriComplete: "https://example.com/old?c=1",
      },
    ],
    [
      "a complete address that is no web address, which is left out",
      { verification_uri_complete: "javascript:alert(1)" },
      { verificationUriComplete: undefined as never },
    ],
  ])("accepts %s", async (_name, fields, expected) => {
    device = JSON.parse(JSON.stringify({ ...RFC_DEVICE, ...fields })) as typeof device;
    const given = await client().fetchDeviceAuthorization();
    expect({ verificationUriComplete: undefined, ...given }).toMatchObject(expected);
  });

  it.each([
    ["no device code", { device_code: undefined }, "device_code"],
    ["a device code that breaks lines", { device_code: "a\nb" }, "device_code"],
    ["no user code", { user_code: "" }, "user_code"],
    ["no address", { verification_uri: undefined }, "verification_uri"],
    [
      "an address that is no web address",
      { verification_uri: "data:text/html,x" },
      "verification_uri",
    ],
    ["no lifetime", { expires_in: undefined }, "expires_in"],
    ["a lifetime that is nonsense", { expires_in: "300abc" }, "expires_in"],
    ["a lifetime below nothing", { expires_in: -1 }, "expires_in"],
  ])("refuses %s", async (_name, fields, field) => {
    device = JSON.parse(JSON.stringify({ ...RFC_DEVICE, ...fields })) as typeof device;
    const failure = await rejectionOf(client().fetchDeviceAuthorization());
    expect(failure).toMatchObject({ code: "TOKEN_RESPONSE_INVALID", details: { field } });
    expectNoCanary(failure, DEVICE_CODE);
  });

  it("is refused for a provider without a device flow", async () => {
    expect(await rejectionOf(endpoint.client().fetchDeviceAuthorization())).toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
  });
});

describe("waiting for the user", () => {
  it("polls with RFC 8628's form, one interval after the start and after each answer", async () => {
    answers = [PENDING, PENDING, APPROVED];
    const given = await client().fetchDeviceAuthorization({ scope: ["read", "write"] });
    const { outcome, waits, pending } = await poll(given);
    expect(outcome).toMatchObject({ accessToken: CANARY.accessToken, scope: ["read", "write"] });
    expect(waits).toEqual([5, 5, 5]);
    expect(pending).toEqual([
      { attempt: 1, interval: 5, reason: "authorization_pending", expiresIn: 1795 },
      { attempt: 2, interval: 5, reason: "authorization_pending", expiresIn: 1790 },
    ]);
    expect(endpoint.form()).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: DEVICE_CODE,
      client_id: "client",
      client_secret: CANARY.clientSecret,
    });
  });

  it.each<[string, Answer, number[]]>([
    ["five seconds slower for good", error("slow_down"), [5, 10, 10]],
    ["as slowly as the server names", error("slow_down", { interval: 30 }), [5, 30, 30]],
    [
      "as slowly as the server names in a text",
      error("slow_down", { interval: "30" }),
      [5, 30, 30],
    ],
    ["five seconds slower when it names less", error("slow_down", { interval: 6 }), [5, 10, 10]],
    [
      "five seconds slower when it names nonsense",
      error("slow_down", { interval: "x" }),
      [5, 10, 10],
    ],
    ["whatever the status: 200", error("slow_down", {}, 200), [5, 10, 10]],
    ["whatever the status: 429", error("slow_down", {}, 429), [5, 10, 10]],
  ])("after slow_down polls %s", async (_name, answer, expected) => {
    answers = [answer, PENDING, APPROVED];
    const { outcome, waits, pending } = await poll(await client().fetchDeviceAuthorization());
    expect(outcome).toMatchObject({ accessToken: CANARY.accessToken });
    expect(waits).toEqual(expected);
    expect(pending[0]?.reason).toBe("slow_down");
  });

  it("waits longer after each slow_down", async () => {
    answers = [error("slow_down"), error("slow_down"), error("slow_down"), APPROVED];
    const { waits } = await poll(await client().fetchDeviceAuthorization());
    expect(waits).toEqual([5, 10, 15, 20]);
  });

  it.each<[string, Answer | "cut", number[]]>([
    ["a connection that is cut", "cut", [5, 10, 20, 40, 60, 60]],
    ["a server in trouble", { status: 503 }, [5, 10, 20, 40, 60, 60]],
    [
      "a pause that the server asks for",
      { status: 503, headers: { "retry-after": "100" } },
      [5, 100, 100, 100, 100, 100],
    ],
  ])("goes on, with longer pauses, through %s", async (_name, trouble, expected) => {
    answers = [...Array.from({ length: 5 }, () => trouble), APPROVED];
    const { outcome, waits, pending } = await poll(await client().fetchDeviceAuthorization());
    expect(outcome).toMatchObject({ accessToken: CANARY.accessToken });
    expect(waits).toEqual(expected);
    expect(pending.map(({ reason }) => reason)).toEqual(Array(5).fill("unavailable"));
  });

  it.each<[string, Answer, string]>([
    ["a no", error("access_denied"), "ACCESS_DENIED"],
    ["the end of the code", error("expired_token"), "DEVICE_CODE_EXPIRED"],
    ["a code that is unknown", error("invalid_grant"), "INVALID_GRANT"],
    ["a client that is unknown", error("invalid_client", {}, 401), "INVALID_CLIENT"],
    ["an answer that is none", { body: "<html>" }, "TOKEN_RESPONSE_INVALID"],
  ])("ends with %s", async (_name, answer, code) => {
    answers = [answer];
    const { outcome, waits } = await poll(await client().fetchDeviceAuthorization());
    expect(outcome).toMatchObject({ code });
    expectNoCanary(outcome, DEVICE_CODE);
    expect(waits).toEqual([5]);
  });

  it("ends when the device code expires, without a last request", async () => {
    answers = [PENDING];
    device = { ...RFC_DEVICE, expires_in: 12 };
    const { outcome, waits } = await poll(await client().fetchDeviceAuthorization());
    expect(outcome).toMatchObject({ code: "DEVICE_CODE_EXPIRED" });
    expect(isOAuthError(outcome) && outcome.message).toContain("fetchDeviceAuthorization()");
    expect(waits).toEqual([5, 5]);
  });

  it("ends at once when it is aborted between two requests", async () => {
    answers = [PENDING];
    const controller = new AbortController();
    const { outcome, waits } = await poll(await client().fetchDeviceAuthorization(), {
      signal: controller.signal,
      onPending: () => setImmediate(() => controller.abort()),
    });
    expect(outcome).toMatchObject({ code: "ABORTED", retryable: false });
    expect(waits).toEqual([5]);
    expect(endpoint.clock.pending).toBe(0);
  });

  it("ends at once when it is aborted during a request", async () => {
    answers = ["hang"];
    const given = await client().fetchDeviceAuthorization();
    const controller = new AbortController();
    const token = client().fetchDeviceToken(given, { signal: controller.signal });
    token.catch(() => undefined);
    await endpoint.clock.scheduled();
    endpoint.clock.advance(5000);
    await until(() => endpoint.requests.length > 0);
    controller.abort();
    expect(await rejectionOf(token)).toMatchObject({ code: "ABORTED" });
    expect(endpoint.clock.pending).toBe(0);
  });

  it("sends nothing when it was aborted before", async () => {
    const given = await client().fetchDeviceAuthorization();
    const token = client().fetchDeviceToken(given, { signal: AbortSignal.abort() });
    expect(await rejectionOf(token)).toMatchObject({ code: "ABORTED" });
    expect(endpoint.requests).toEqual([]);
    expect(endpoint.clock.pending).toBe(0);
  });

  it("keeps the process alive, as a command line tool needs", async () => {
    const patient = client({ clock: systemClock });
    const given = await patient.fetchDeviceAuthorization();
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const controller = new AbortController();
    const token = patient.fetchDeviceToken(given, { signal: controller.signal });
    token.catch(() => undefined);
    await turns(3);
    expect(timers()).toBe(before + 1);
    controller.abort();
    await rejectionOf(token);
    expect(timers()).toBe(before);
  });

  it.each([
    ["nothing", undefined],
    ["a promise", Promise.resolve()],
    ["the provider's answer", RFC_DEVICE],
    ["an end that is no date", { deviceCode: "a", interval: 5, expiresAt: "soon", scope: [] }],
    ["an interval of nothing", { deviceCode: "a", interval: 0, expiresAt: 1, scope: [] }],
  ])("is refused for %s", async (_name, given) => {
    const token = client().fetchDeviceToken(given as never);
    expect(await rejectionOf(token)).toMatchObject({ code: "CONFIGURATION_INVALID" });
  });

  it.each<[string, (flow: DeviceAuthorization) => unknown]>([
    ["as it was given", (flow) => flow],
    ["as JSON has stored it", (flow) => JSON.parse(JSON.stringify(flow))],
    ["with its end in milliseconds", (flow) => ({ ...flow, expiresAt: +flow.expiresAt })],
  ])("ends by the expiry of the device authorization %s", async (_name, stored) => {
    const flow = await client().fetchDeviceAuthorization();
    endpoint.clock.advance(flow.expiresAt.getTime() - endpoint.clock.now() - 4000);
    const token = client().fetchDeviceToken(stored(flow) as DeviceAuthorization);
    expect(await rejectionOf(token)).toMatchObject({ code: "DEVICE_CODE_EXPIRED" });
  });

  it("does not use a device code twice when the ID token cannot be verified yet", async () => {
    const provider = await FaultyProvider.start(signingKey("ES256", "k"));
    try {
      provider.keySetAnswer = () => ({ status: 503 });
      const of = provider.client({ idToken: { algorithms: ["ES256"] } });
      const token = of.fetchDeviceToken({
        deviceCode: DEVICE_CODE,
        userCode: "A",
        verificationUri: "https://example.com/",
        expiresAt: provider.clock.now() + 600_000,
        interval: 5,
        scope: ["openid"],
      });
      token.catch(() => undefined);
      await provider.clock.scheduled();
      provider.clock.advance(5000);
      expect(await rejectionOf(hurry(provider.clock, token))).toMatchObject({
        code: "KEY_SET_UNAVAILABLE",
        retryable: false,
        message: expect.stringContaining("The code has been used meanwhile"),
      });
      expect(provider.server.received("/token")).toHaveLength(1);
    } finally {
      await provider.close();
    }
  });
});

import { afterEach, beforeEach, expect, it, jest } from "@jest/globals";
import type { GrantkitEvents, ProviderDefinition } from "@grantkit/core";
import { usageHook } from "@grantkit/core/requests";
import diagnostics from "node:diagnostics_channel";
import { inspect } from "node:util";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import { callbackOf, ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { until } from "./support/turns.ts";

const NAMES = [
  "grantkit:token",
  "grantkit:refresh",
  "grantkit:request",
  "grantkit:error",
  "grantkit:warning",
  "grantkit:usage",
] as const;

let example: ExampleProvider;
let seen: { [Name in keyof GrantkitEvents]: GrantkitEvents[Name][] };
let stop: (() => void)[];

beforeEach(async () => {
  example = await ExampleProvider.start();
  seen = {
    "grantkit:token": [],
    "grantkit:refresh": [],
    "grantkit:request": [],
    "grantkit:error": [],
    "grantkit:warning": [],
    "grantkit:usage": [],
  };
  stop = NAMES.map((name) => {
    const listener = (event: unknown): void => {
      (seen[name] as unknown[]).push(event);
    };
    diagnostics.subscribe(name, listener);
    return () => diagnostics.unsubscribe(name, listener);
  });
});

afterEach(async () => {
  for (const each of stop) each();
  await example.close();
});

it("events report tokens, refreshes, requests and errors, with durations by the client's clock", async () => {
  const clock = new FakeClock();
  example.token = () => {
    clock.advance(40);
    return {
      body: { access_token: "at-1", refresh_token: "rt-1", expires_in: 100, scope: "read" },
    };
  };
  const client = example.client({ clock, random: () => 0 });
  const request = await client.authorizationRequest();
  const token = await client.fetchToken(callbackOf(request), request);
  expect(seen["grantkit:token"]).toEqual([
    {
      provider: "example",
      grant: "authorization_code",
      scope: ["read"],
      expiresIn: 100,
      duration: 40,
    },
  ]);

  example.rotate("rt-1");
  const session = client.session(token);
  clock.advance(100_000);
  await session.get("/me?secret=canary-query");
  expect(seen["grantkit:refresh"]).toEqual([
    { provider: "example", outcome: "refreshed", code: undefined, retryable: false, duration: 0 },
  ]);
  expect(seen["grantkit:token"].at(-1)).toMatchObject({ grant: "refresh_token" });
  expect(seen["grantkit:request"]).toEqual([
    {
      provider: "example",
      method: "GET",
      origin: example.origin,
      path: "/api/me",
      attempt: 1,
      status: 200,
      duration: 0,
    },
  ]);

  await rejectionOf(session.fetch("https://elsewhere.example/"));
  expect(seen["grantkit:error"]).toMatchObject([
    { provider: "example", code: "ORIGIN_NOT_ALLOWED" },
  ]);
});

it("each attempt of a request is reported, one without a response too", async () => {
  const clock = new FakeClock();
  const first = ["cut", { status: 503, headers: { "retry-after": "0" } }] as const;
  let count = 0;
  example.api = ({ method }) => {
    if (method === "POST") return { body: {} };
    count += 1;
    return first[count - 1] ?? { body: {} };
  };
  const client = example.client({ clock, random: () => 0 });
  const session = client.session(example.grant({ accessToken: "at-1" }));
  const sending = session.get("/a");
  for (const attempt of [1, 2]) {
    await until(() => count === attempt);
    await clock.scheduled(2);
    clock.advance(0);
  }
  await sending;
  await session.fetch("/b", { method: "post" });
  const told = seen["grantkit:request"].map(({ method, path, attempt, status }) => [
    method,
    path,
    attempt,
    status,
  ]);
  expect(told).toEqual([
    ["GET", "/api/a", 1, undefined],
    ["GET", "/api/a", 2, 503],
    ["GET", "/api/a", 3, 200],
    ["POST", "/api/b", 1, 200],
  ]);
});

it("a failed refresh is reported with its error code, and whether it is retryable", async () => {
  example.token = () => ({ status: 400, body: { error: "invalid_grant" } });
  const client = example.client();
  await rejectionOf(client.refreshToken({ accessToken: "at-1", refreshToken: "rt-1" }));
  expect(seen["grantkit:refresh"]).toMatchObject([
    { outcome: "failed", code: "INVALID_GRANT", retryable: false },
  ]);
  example.token = () => ({ status: 503 });
  await rejectionOf(client.refreshToken({ accessToken: "at-2", refreshToken: "rt-2" }));
  expect(seen["grantkit:refresh"].at(-1)).toMatchObject({ code: "SERVER_ERROR", retryable: true });
});

it("a provider publishes what responses say about its rate limits, only while somebody subscribes", async () => {
  const read = jest.fn((header: (name: string) => string | undefined) => {
    const percent = Number(header("x-used"));
    return { usage: percent > 0 ? [{ limit: "core", percent }] : [], version: "v2" };
  });
  const hooks = { protectedResponse: usageHook(read) };
  const session = example.client({ hooks }).session(example.grant({ accessToken: "at-1" }));
  example.api = () => ({ headers: { "x-used": "80" } });
  await session.get("/me?a=1");
  const event = { provider: "example", path: "/api/me", version: "v2" };
  const events = [{ ...event, usage: [{ limit: "core", percent: 80 }] }];
  expect(seen["grantkit:usage"]).toEqual(events);
  example.api = () => ({});
  await session.get("/me");
  expect(seen["grantkit:usage"]).toEqual(events);
  for (const each of stop) each();
  await session.get("/me");
  expect(read).toHaveBeenCalledTimes(2);
});

it("no event holds a secret", async () => {
  example.token = () => ({
    body: {
      access_token: CANARY.accessToken,
      refresh_token: CANARY.refreshToken,
      id_token: CANARY.idToken,
      expires_in: CANARY.accessToken,
    },
  });
  const usage = [{ limit: "core", percent: 1 }];
  const client = example.client({
    clientSecret: CANARY.clientSecret,
    tokenPlacement: "query",
    hooks: { protectedResponse: usageHook(() => ({ usage, version: undefined })) },
  });
  const request = await client.authorizationRequest();
  const token = await client.fetchToken(callbackOf(request, { code: CANARY.code }), request);
  example.accepted.add(CANARY.accessToken);
  const session = client.session(token);
  await session.get("/me", { params: { user: CANARY.userData } });
  await session.refresh();
  example.token = () => ({ status: 400, body: { error: CANARY.refreshToken } });
  await rejectionOf(session.refresh());
  for (const name of NAMES) expect(seen[name].length).toBeGreaterThan(0);
  const shown = inspect(seen, { depth: 10, showHidden: true });
  for (const secret of Object.values(CANARY)) expect(shown).not.toContain(secret);
});

it("a request without a response is reported with the reason", async () => {
  const clock = new FakeClock();
  const client = example.client({ clock, retries: false });
  const session = client.session(example.grant({ accessToken: "at-1" }));
  example.api = () => "cut";
  await rejectionOf(session.get("/a"));
  await rejectionOf(session.fetch("/a"));
  example.api = () => "hang";
  for (const send of [
    (signal?: AbortSignal) => session.get("/b", { ...(signal && { signal }) }),
    (signal?: AbortSignal) => session.fetch("/b", { ...(signal && { signal }) }),
  ]) {
    const controller = new AbortController();
    const before = example.apiRequests.length;
    const aborted = rejectionOf(send(controller.signal));
    await until(() => example.apiRequests.length === before + 1);
    controller.abort();
    await aborted;
    const late = rejectionOf(send());
    await until(() => example.apiRequests.length === before + 2);
    clock.advance(30_000);
    await late;
  }
  const gone = await ExampleProvider.start();
  const nobody = gone.client({ retries: false }).session({ accessToken: "at-1" });
  await gone.close();
  await rejectionOf(nobody.fetch("/c"));
  expect(seen["grantkit:request"].map(({ code, status }) => [code, status])).toEqual(
    [
      "ECONNRESET",
      expect.stringMatching(/^(?:ECONNRESET|UND_ERR_SOCKET)$/),
      "ABORTED",
      "TIMEOUT",
      "ABORTED",
      "TIMEOUT",
      "ECONNREFUSED",
    ].map((code) => [code, undefined]),
  );
  expect(seen["grantkit:request"][3]?.duration).toBe(30_000);
});

it("a path is reported for the API only, and without a token that it contains", async () => {
  const other = await ExampleProvider.start();
  other.server.answer = () => ({ body: {} });
  example.api = ({ url }) =>
    url === "/api/start"
      ? { status: 302, headers: { location: `${other.origin}/capability-canary` } }
      : { body: {} };
  const session = example.client().session(example.grant({ accessToken: CANARY.accessToken }));
  const wider = example
    .client()
    .session({ accessToken: CANARY.accessToken }, { allowedOrigins: [other.origin] });
  for (const shape of ["get", "fetch"] as const) {
    await session[shape]("/start");
    await session[shape](`${other.origin}/capability-canary`, { withholdToken: true });
    await session[shape](`/bot${CANARY.accessToken}/send`);
    await wider[shape](`${other.origin}/uploads`);
  }
  const told = [
    [example.origin, "/api/start"],
    [other.origin, undefined],
    [other.origin, undefined],
    [example.origin, "/api/bot[redacted]/send"],
    [other.origin, "/uploads"],
  ];
  expect(seen["grantkit:request"].map(({ origin, path }) => [origin, path])).toEqual([
    ...told,
    ...told,
  ]);
  await other.close();
});

it("a refresh that a hook stops is reported as failed", async () => {
  const hooks = {
    refreshRequest: () => {
      throw new Error("my hook's own");
    },
  };
  const client = example.client({ hooks });
  const session = client.session({ accessToken: "at-1", refreshToken: "rt-1" });
  await rejectionOf(session.refresh());
  expect(seen["grantkit:refresh"]).toMatchObject([
    { outcome: "failed", code: undefined, retryable: false },
  ]);
});

it("an error is reported once, however often it is thrown again", async () => {
  example.token = () => ({ status: 400, body: { error: "invalid_grant" } });
  const client = example.client({ retries: false });
  const dead = client.session({ accessToken: "at-1", refreshToken: "rt-1", expiresAt: 1 });
  for (let call = 0; call < 3; call += 1) {
    await rejectionOf(dead.get("/x"));
    await rejectionOf(dead.refresh());
    await rejectionOf(dead.profile());
  }
  expect(seen["grantkit:error"]).toMatchObject([{ code: "INVALID_GRANT" }]);
});

it("errors of a session are reported wherever they come from", async () => {
  const revoke: ProviderDefinition["revoke"] = async (api) => {
    await api.withToken({ method: "DELETE", url: "/grant" });
  };
  const client = example.client({ retries: false }, { revoke });
  const session = client.session(example.grant({ accessToken: "at-1" }));
  await rejectionOf(session.refresh());
  example.api = () => ({ status: 404, body: {} });
  await rejectionOf(session.userInfo());
  example.api = () => ({ body: {} });
  await rejectionOf(session.profile());
  example.api = () => ({ status: 503 });
  await rejectionOf(session.revoke());
  expect(seen["grantkit:error"].map(({ code }) => code)).toEqual([
    "REFRESH_TOKEN_MISSING",
    "API_REQUEST_FAILED",
    "USER_INFO_INVALID",
    "SERVER_ERROR",
  ]);
});

it("no event is created when nobody listens", async () => {
  for (const each of stop) each();
  stop = [];
  let looks = 0;
  const client = example.client({
    clock: {
      now: () => {
        looks += 1;
        return 0;
      },
      after: () => () => undefined,
    },
  });
  const session = client.session(example.grant({ accessToken: "at-1" }));
  await session.get("/x");
  const unwatched = looks;
  const listener = (): void => undefined;
  diagnostics.subscribe("grantkit:request", listener);
  stop = [() => diagnostics.unsubscribe("grantkit:request", listener)];
  looks = 0;
  await session.get("/x");
  expect(looks).toBeGreaterThan(unwatched);
  expect(seen["grantkit:request"]).toEqual([]);
});

it("nothing is written to the console, stdout or stderr, neither by what succeeds nor by what fails", async () => {
  const written: unknown[] = [];
  const names = ["debug", "error", "info", "log", "trace", "warn"] as const;
  const spies = [
    ...names.map((name) => jest.spyOn(console, name)),
    jest.spyOn(process.stdout, "write"),
    jest.spyOn(process.stderr, "write"),
  ];
  for (const spy of spies)
    spy.mockImplementation(((...said: unknown[]) => written.push(said)) as never);
  try {
    example.token = () => ({ body: { access_token: "at-1", refresh_token: "rt-1" } });
    const client = example.client();
    const request = await client.authorizationRequest();
    await client.refreshToken(await client.fetchToken(callbackOf(request), request));
    example.token = () => ({ status: 500, body: { access_token: "at-1" } });
    await rejectionOf(client.fetchToken(callbackOf(request), request));
    const session = example.client().session(example.grant({ accessToken: "at-1" }));
    await session.get("/me");
    await session.fetch("/me");
    example.accepted.clear();
    await session.get("/me").catch(() => undefined);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  expect(written).toEqual([]);
});

import { afterEach, beforeEach, expect, it } from "@jest/globals";
import type { GrantkitEvents } from "@grantkit/core";
import diagnostics from "node:diagnostics_channel";
import { inspect } from "node:util";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import { callbackOf, ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { until } from "./support/turns.ts";

const NAMES = ["grantkit:token", "grantkit:refresh", "grantkit:request", "grantkit:error"] as const;

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

it("an operator sees tokens, refreshes, requests and errors, with their times by the client's clock", async () => {
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

it("each attempt is told, one without an answer too", async () => {
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

it("a refresh that fails says why, and whether it may pass", async () => {
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

it("no event holds a secret", async () => {
  example.token = () => ({
    body: {
      access_token: CANARY.accessToken,
      refresh_token: CANARY.refreshToken,
      id_token: CANARY.idToken,
    },
  });
  const client = example.client({ clientSecret: CANARY.clientSecret, tokenPlacement: "query" });
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

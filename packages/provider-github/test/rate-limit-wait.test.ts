import { afterEach, describe, expect, it } from "@jest/globals";
import type { GitHubEmulator, GitHubFailure, GitHubOptions } from "@grantkit/emulator";
import {
  GitHubClient,
  type GitHubClientOptions,
  type OAuth2Session,
} from "@grantkit/provider-github";
import { FakeClock } from "@grantkit/provider-github/testing";
import { rejectionOf } from "../../core/test/support/canaries.ts";
import { passPause, startedApp } from "./app-support.ts";
import { signIn, startedGitHub } from "./support.ts";

const MINUTE = 60_000;

let emulator: GitHubEmulator;
let client: GitHubClient;
let clock: FakeClock;

afterEach(() => emulator.close());

async function waiting(
  longest: number | undefined,
  switches: GitHubOptions = {},
  options: Partial<GitHubClientOptions> = {},
): Promise<OAuth2Session> {
  clock = new FakeClock();
  const waitForRateLimit = longest === undefined ? {} : { longest };
  ({ emulator, client } = await startedGitHub(
    { now: () => clock.now(), ...switches },
    { clock, retries: false, random: () => 0, waitForRateLimit, ...options },
  ));
  return client.session(await signIn(client, emulator));
}

/** Milliseconds until the primary limit of the emulator ends. */
const untilReset = (): number => 60 * MINUTE - (clock.now() % (60 * MINUTE));

describe.each<[string, (session: OAuth2Session) => Promise<{ status: number }>]>([
  ["get()", (session) => session.get("/user")],
  ["post()", (session) => session.post("/user/repos", { name: "hello" }, { validateStatus: null })],
  ["fetch()", (session) => session.fetch("/user")],
])("%s", (_, send) => {
  it("waits until the primary limit ends, at GitHub's time", async () => {
    const session = await waiting(3600);
    emulator.failNext("api-primary-rate-limit");
    const sending = send(session);
    await passPause(clock, untilReset());
    expect((await sending).status).not.toBe(403);
  });

  it("waits for a secondary limit as long as retry-after says", async () => {
    const session = await waiting(60);
    emulator.failNext("api-secondary-rate-limit");
    const sending = send(session);
    await passPause(clock, MINUTE);
    expect((await sending).status).not.toBe(403);
  });
});

it("waits a minute, and then twice as long, where GitHub names no time", async () => {
  const session = await waiting(undefined);
  const failure: GitHubFailure = "api-secondary-rate-limit-without-retry-after";
  emulator.failNext(failure);
  emulator.failNext(failure);
  const sending = rejectionOf(session.get("/user"));
  await passPause(clock, MINUTE);
  // A further 120 seconds are more than the 120 of the default.
  expect(await sending).toMatchObject({ status: 429 });
});

it("waits a minute where GitHub names a time that has passed, as for a clock that is ahead", async () => {
  const session = await waiting(undefined);
  const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" };
  const body = { message: "API rate limit exceeded" };
  emulator.failNext({ path: "/api/user", status: 403, headers, body });
  const sending = session.get("/user");
  await passPause(clock, MINUTE);
  expect((await sending).status).toBe(200);
});

it("waits as long as the option allows", async () => {
  const session = await waiting(180);
  emulator.failNext("api-secondary-rate-limit-without-retry-after");
  emulator.failNext("api-secondary-rate-limit-without-retry-after");
  const sending = session.get("/user");
  await passPause(clock, MINUTE);
  await passPause(clock, 2 * MINUTE);
  expect((await sending).status).toBe(200);
});

it("throws a limit that ends later at once, and waits for no other error", async () => {
  const session = await waiting(59);
  for (const failure of [
    "api-secondary-rate-limit",
    "api-login-attempts",
    "api-sso-required",
  ] as const) {
    emulator.failNext(failure);
    expect(await rejectionOf(session.get("/user"))).toMatchObject({ status: 403 });
  }
  expect(clock.untilNext).toBeUndefined();
});

it("waits for a limit of GraphQL, which has status 200", async () => {
  const session = await waiting(3600);
  emulator.failNext("graphql-rate-limit");
  const sending = client.graphql(session, "{ viewer { login } }");
  await passPause(clock, untilReset());
  expect(await sending).toEqual({ viewer: { login: "ada-l" } });
});

it("lets the sessions of an app wait, also for their tokens", async () => {
  const started = await startedApp({}, { waitForRateLimit: { longest: 60 } });
  ({ emulator, clock } = started);
  emulator.failNext("api-secondary-rate-limit");
  const fetching = started.app.fetchInstallationToken(emulator.installationIds[0] as number);
  await passPause(clock, MINUTE);
  expect((await fetching).accessToken).toMatch(/^ghs_/);
});

it("throws limits without the option", async () => {
  const session = await waiting(60, {}, { waitForRateLimit: undefined });
  emulator.failNext("api-secondary-rate-limit");
  expect(await rejectionOf(session.get("/user"))).toMatchObject({ status: 403 });
});

it.each<[unknown, string]>([
  [{ longest: -1 }, "waitForRateLimit.longest must"],
  [{ most: 1 }, "waitForRateLimit.most"],
  [60, "waitForRateLimit must be an object"],
])("cannot be %j", async (waitForRateLimit, problem) => {
  await waiting(60);
  const { clientId } = emulator;
  expect(() => new GitHubClient({ clientId, waitForRateLimit: waitForRateLimit as never })).toThrow(
    problem,
  );
});

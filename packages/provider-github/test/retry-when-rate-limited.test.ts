import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { GitHubEmulator } from "@grantkit/emulator";
import {
  gitHubApiError,
  type GitHubClient,
  type OAuth2Session,
  retryWhenRateLimited,
} from "@grantkit/provider-github";
import { FakeClock } from "@grantkit/provider-github/testing";
import { thrown } from "../../core/test/support/thrown.ts";
import { until } from "../../core/test/support/turns.ts";
import { passPause } from "./app-support.ts";
import { signIn, startedGitHub } from "./support.ts";

const clock = new FakeClock();
let emulator: GitHubEmulator;
let client: GitHubClient;
let session: OAuth2Session;

beforeAll(async () => {
  ({ emulator, client } = await startedGitHub(
    { now: () => clock.now() },
    { clock, retries: false },
  ));
  session = client.session(await signIn(client, emulator));
});
beforeEach(() => emulator.clearRequests());
afterAll(() => emulator.close());

describe("retryWhenRateLimited()", () => {
  const get = (longest?: number, signal?: AbortSignal) =>
    retryWhenRateLimited(() => session.get("/user"), {
      clock,
      ...(longest !== undefined && { longest }),
      ...(signal && { signal }),
    });

  it("sends the request again when the limit has ended, and not before", async () => {
    emulator.failNext("api-secondary-rate-limit");
    const answer = get();
    await passPause(clock, 60_000);
    expect((await answer).status).toBe(200);
    expect(emulator.requests).toHaveLength(2);
  });

  it("waits twice as long after each retry where GitHub names no time", async () => {
    emulator.failNext("api-secondary-rate-limit-without-retry-after", 2);
    const answer = get(200);
    await passPause(clock, 60_000);
    await passPause(clock, 120_000);
    expect((await answer).status).toBe(200);
    expect(emulator.requests).toHaveLength(3);
  });

  it("throws at once if the limit ends too late", async () => {
    emulator.failNext("api-primary-rate-limit");
    expect(gitHubApiError(await thrown(get(5)), clock)?.reason).toBe("primary-rate-limit");
    expect(emulator.requests).toHaveLength(1);
  });

  it("throws other errors, and limits whose end nobody knows", async () => {
    for (const failure of ["api-bad-credentials", "api-login-attempts"] as const) {
      emulator.clearRequests();
      emulator.failNext(failure);
      expect(await thrown(get())).toMatchObject({ status: expect.any(Number) });
      expect(emulator.requests).toHaveLength(1);
    }
  });

  it("ends also if the same refusal comes again and again", async () => {
    emulator.failNext("api-secondary-rate-limit");
    const refused = thrown(client.emails(session.token));
    const repeating = thrown(
      retryWhenRateLimited(() => refused.then((error) => Promise.reject(error)), {
        clock,
        longest: 61,
      }),
    );
    await passPause(clock, 60_000);
    await passPause(clock, 1000);
    expect(await repeating).toBe(await refused);
  });

  it("ends the wait when the caller aborts", async () => {
    const controller = new AbortController();
    emulator.failNext("api-secondary-rate-limit");
    const waiting = thrown(get(100, controller.signal));
    await until(() => clock.untilNext === 60_000);
    controller.abort(new Error("enough"));
    expect(await waiting).toMatchObject({ message: "enough" });
  });

  it("refuses options that it cannot use", async () => {
    const send = () => session.get("/user");
    for (const options of [{ longest: -1 }, { longst: 1 }, { signal: {} }]) {
      expect(await thrown(retryWhenRateLimited(send, options as never))).toMatchObject({
        code: "CONFIGURATION_INVALID",
      });
    }
    expect(emulator.requests).toHaveLength(0);
  });
});

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { TokenRefreshEvent } from "@grantkit/core";
import { FakeClock } from "@grantkit/core/testing";
import { startOAuth1, type OAuth1Emulator } from "@grantkit/emulator";
import { type OAuth1Token, TokenMissing } from "@grantkit/oauth1";
import { sessionAt, signedIn } from "./support/consumer.ts";

const HOUR = 3_600_000;

let clock: FakeClock;
let emulator: OAuth1Emulator;

beforeEach(async () => {
  clock = new FakeClock(Date.UTC(2026, 0, 1));
  emulator = await startOAuth1({ renewal: true, now: () => clock.now() });
});
afterEach(() => emulator.close());

const renewals = (): number =>
  emulator.requests.filter(({ path }) => path.startsWith("/oauth/access_token")).length - 1;

describe("a token that a provider renews (OAuth Session extension)", () => {
  it("is renewed once for fifty requests when its time is over, and saved before any goes on", async () => {
    const saved: [OAuth1Token, OAuth1Token][] = [];
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const session = await signedIn(emulator, {
      clock,
      async onTokenUpdate(next, previous) {
        saved.push([next, previous]);
        await gate;
      },
    });
    const first = session.token;
    expect(first?.expiresAt?.getTime()).toBe(clock.now() + HOUR);
    clock.advance(HOUR + 1000);
    const before = emulator.requests.length;
    const answers = Promise.all(Array.from({ length: 50 }, () => session.get("/me")));
    while (saved.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(emulator.requests.length - before).toBe(1);
    release();
    expect((await answers).map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(renewals()).toBe(1);
    expect(saved).toEqual([[session.token, first]]);
    expect(session.token?.key).not.toBe(first?.key);
  });

  it("is renewed once for fifty requests that are told it has expired", async () => {
    const session = await signedIn(emulator, { clock });
    emulator.expireAccessTokens();
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => (await session.fetch("/me")).status),
    );
    expect(answers).toEqual(Array(50).fill(200));
    expect(renewals()).toBe(1);
  });

  it("is kept when it cannot be saved, and saved by the next request", async () => {
    let attempts = 0;
    const session = await signedIn(emulator, {
      clock,
      onTokenUpdate(next) {
        attempts += 1;
        if (attempts === 1) throw new Error(`no room for ${next.secret}`);
      },
    });
    clock.advance(HOUR + 1000);
    const failure = await session.fetch("/me").catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "TOKEN_UPDATE_FAILED", retryable: true });
    expect(String(failure)).toContain("no room for [redacted]");
    expect((await session.get("/me")).status).toBe(200);
    expect((await session.get("/me")).status).toBe(200);
    expect([attempts, renewals()]).toEqual([2, 1]);
  });

  it("is renewed by a call, and told of to operators", async () => {
    const events: TokenRefreshEvent[] = [];
    const listen = (event: unknown): void => void events.push(event as TokenRefreshEvent);
    subscribe("grantkit:refresh", listen);
    try {
      const session = await signedIn(emulator, { clock });
      const token = session.token;
      const [one, two] = await Promise.all([session.renewToken(), session.renewToken()]);
      expect(one).toBe(two);
      expect(one.key).not.toBe(token?.key);
      expect(renewals()).toBe(1);
      expect(events).toEqual([
        expect.objectContaining({ provider: "example", outcome: "refreshed", code: undefined }),
      ]);
    } finally {
      unsubscribe("grantkit:refresh", listen);
    }
  });

  it("is not renewed where the provider refuses: the reason comes out, and the token stays", async () => {
    const session = await signedIn(emulator, { clock });
    const token = session.token;
    emulator.failNext("token-consumer-key-refused");
    await expect(session.renewToken()).rejects.toMatchObject({ code: "TOKEN_REQUEST_DENIED" });
    expect(session.token).toBe(token);
  });

  it("cannot be renewed without a session handle", async () => {
    const session = sessionAt(emulator, { token: { key: "k", secret: "s" } });
    await expect(session.renewToken()).rejects.toThrow(TokenMissing);
    expect(emulator.requests).toEqual([]);
  });
});

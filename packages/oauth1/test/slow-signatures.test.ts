import { beforeEach, describe, expect, it } from "@jest/globals";
import { FakeClock } from "@grantkit/core/testing";
import { OAuth1Session, type SignatureMethod } from "@grantkit/oauth1";
import { CANARY, errorOf } from "./support/canaries.ts";
import { turnsUntil } from "./support/turns.ts";
import { RecordingServer } from "./support/recording-server.ts";

const server = await RecordingServer.startForFile();
let clock: FakeClock;
let asked = 0;

const ELSEWHERE: SignatureMethod = {
  name: "HMAC-ELSEWHERE",
  sign: () => {
    asked += 1;
    return new Promise<never>(() => undefined);
  },
};
beforeEach(() => {
  clock = new FakeClock();
  asked = 0;
});

const session = (signatureMethod: SignatureMethod = ELSEWHERE): OAuth1Session =>
  new OAuth1Session({
    clientKey: "my-app",
    clientSecret: CANARY.clientSecret,
    callbackUri: "oob",
    signatureMethod,
    clock,
    timeout: 5000,
  });

/** A form that never ends. */
const endless = (): ReadableStream<Uint8Array> =>
  new ReadableStream({
    pull(controller) {
      asked += 1;
      if (asked === 1) controller.enqueue(new TextEncoder().encode("a=1&"));
      return asked === 1 ? undefined : new Promise(() => undefined);
    },
  });
const FORM = { "content-type": "application/x-www-form-urlencoded" };

type Sending = (signal: AbortSignal) => Promise<unknown>;

const SENDINGS: readonly (readonly [string, Sending])[] = [
  ["session.get()", (signal) => session().get(`${server.origin}/x`, { signal })],
  ["session.fetch()", (signal) => session().fetch(`${server.origin}/x`, { signal })],
  [
    "a token request",
    (signal) => session().fetchRequestToken({ url: `${server.origin}/token`, signal }),
  ],
  [
    "session.post() of an endless form",
    (signal) =>
      session("HMAC-SHA1").post(`${server.origin}/x`, endless(), { headers: FORM, signal }),
  ],
  [
    "session.fetch() of an endless form",
    (signal) => {
      const init = { method: "POST", headers: FORM, body: endless(), duplex: "half", signal };
      return session("HMAC-SHA1").fetch(`${server.origin}/x`, init as RequestInit);
    },
  ],
];

describe.each(SENDINGS)("a signature method that never finishes, for %s", (_, send) => {
  /** Sends, and waits until the signature is waited for. */
  async function waiting(signal: AbortSignal): Promise<Promise<Error & Record<string, unknown>>[]> {
    const error = errorOf(() => send(signal));
    await turnsUntil(() => asked > 0);
    // In a list, so that it is not awaited here.
    return [error];
  }

  it("ends at the time limit, and nothing is sent", async () => {
    const [error] = await waiting(new AbortController().signal);
    clock.advance(5000);
    expect(await error).toMatchObject({ code: "TIMEOUT", retryable: true });
    expect(server.requests).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it("ends when the caller aborts, and nothing is sent", async () => {
    const caller = new AbortController();
    const [error] = await waiting(caller.signal);
    caller.abort();
    expect(["AbortError", "CanceledError", "OAuthError"]).toContain((await error)?.name);
    expect(server.requests).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

import { describe, expect, it } from "@jest/globals";
import { FakeClock } from "@grantkit/core/testing";
import { OAuth1Session, type OAuth1SessionOptions, sign } from "@grantkit/oauth1";
import { CANARY, errorOf } from "./support/canaries.ts";
import { RecordingServer } from "./support/recording-server.ts";

const SECRETS = { clientSecret: CANARY.clientSecret, tokenSecret: CANARY.tokenSecret };
const PASSING = [429, 502, 503, 504];

const server = await RecordingServer.startForFile();

/** A clock on which each wait is over at once, and has passed. */
class SwiftClock extends FakeClock {
  override after(milliseconds: number, callback: () => void): () => void {
    const cancel = super.after(milliseconds, callback);
    // The waits of retries; the deadline of the exchange is longer.
    if (milliseconds < 20_000) setImmediate(() => this.advance(milliseconds));
    return cancel;
  }
}

function session(options: Partial<OAuth1SessionOptions> = {}): OAuth1Session {
  return new OAuth1Session({
    clientKey: "my-app",
    clientSecret: SECRETS.clientSecret,
    token: { key: CANARY.token, secret: SECRETS.tokenSecret },
    clock: new SwiftClock(1_700_000_000_000),
    random: () => 0,
    ...options,
  });
}

describe.each(["axios", "fetch"])(
  "a request that failed in a way that may pass, through %s",
  (by) => {
    const send = (each: OAuth1Session, method: string): Promise<{ status: number }> => {
      const url = `${server.origin}/a?b=c`;
      return by === "fetch"
        ? each.fetch(url, { method })
        : each.request({ url, method, validateStatus: () => true });
    };

    it.each(["header", "query"] as const)(
      "is signed anew each time, in the %s",
      async (signatureType) => {
        server.begin((_, index) => (index < 2 ? { status: 503 } : { body: "there" }));
        expect((await send(session({ signatureType }), "GET")).status).toBe(200);
        const accepted = server.accepted(SECRETS);
        const nonces = accepted.map(({ oauth }) => oauth.get("oauth_nonce"));
        expect([accepted.length, new Set(nonces).size]).toEqual([3, 3]);
        for (const { query } of accepted) expect(query.map(String)).toEqual(["b,c"]);
      },
    );

    it("has the time of each attempt", async () => {
      server.begin((_, index) =>
        index === 0 ? { status: 503, headers: { "retry-after": "7" } } : { body: "there" },
      );
      await send(session(), "GET");
      const times = server.accepted(SECRETS).map(({ oauth }) => oauth.get("oauth_timestamp"));
      expect(times).toEqual(["1700000000", "1700000007"]);
    });

    it("is sent again after a cut connection", async () => {
      server.begin((_, index) => (index === 0 ? "cut" : { body: "there" }));
      expect((await send(session(), "GET")).status).toBe(200);
      expect(server.accepted(SECRETS)).toHaveLength(2);
    });

    it("is sent once when it may have been done: POST and PATCH", async () => {
      for (const method of ["POST", "PATCH"]) {
        for (const status of PASSING) {
          server.begin(() => ({ status }));
          expect((await send(session(), method)).status).toBe(status);
          expect(server.requests).toHaveLength(1);
        }
      }
    });

    it("is sent once with retries: false, and for what will not pass", async () => {
      for (const [options, status] of [
        [{ retries: false }, 503],
        [{}, 500],
        [{}, 400],
      ] as const) {
        server.begin(() => ({ status }));
        expect((await send(session(options), "GET")).status).toBe(status);
        expect(server.requests).toHaveLength(1);
      }
    });
  },
);

it("token requests are sent once: the provider may have counted them", async () => {
  server.begin(() => ({ status: 503 }));
  const clock = new FakeClock(1_700_000_000_000);
  await errorOf(() =>
    session({ clock, callbackUri: "oob" }).fetchRequestToken({ url: `${server.origin}/token` }),
  );
  expect(server.requests).toHaveLength(1);
});

it("100,000 nonces of 128 bits, no two the same, and no bit that is always the same", async () => {
  const nonces = new Set<string>();
  let [ones, anyOnes] = [(1n << 128n) - 1n, 0n];
  for (let count = 0; count < 100_000; count += 1) {
    const { headers } = await sign(
      { url: "https://example.com/" },
      { clientKey: "k", clientSecret: "s" },
    );
    const nonce = /oauth_nonce="([0-9a-f]{32})"/.exec(headers["Authorization"] ?? "")?.[1] ?? "";
    nonces.add(nonce);
    ones &= BigInt(`0x${nonce}`);
    anyOnes |= BigInt(`0x${nonce}`);
  }
  expect([nonces.size, ones, anyOnes]).toEqual([100_000, 0n, (1n << 128n) - 1n]);
});

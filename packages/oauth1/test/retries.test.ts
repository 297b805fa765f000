import { describe, expect, it } from "@jest/globals";
import { FakeClock } from "@grantkit/core/testing";
import { OAuth1Session, type OAuth1SessionOptions } from "@grantkit/oauth1";
import { CANARY, errorOf } from "./support/canaries.ts";
import { RecordingServer } from "./support/recording-server.ts";

const SECRETS = { clientSecret: CANARY.clientSecret, tokenSecret: CANARY.tokenSecret };
const PASSING = [429, 502, 503, 504];

const server = await RecordingServer.startForFile();

/** A clock that advances through each wait at once. */
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

describe.each(["axios", "fetch"])("a request that failed in a transient way, through %s", (by) => {
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

  it("has the timestamp of each attempt", async () => {
    server.begin((_, index) =>
      index === 0 ? { status: 503, headers: { "retry-after": "7" } } : { body: "there" },
    );
    await send(session(), "GET");
    const times = server.accepted(SECRETS).map(({ oauth }) => oauth.get("oauth_timestamp"));
    expect(times).toEqual(["1700000000", "1700000007"]);
  });

  it("is sent again after a reset connection", async () => {
    server.begin((_, index) => (index === 0 ? "cut" : { body: "there" }));
    expect((await send(session(), "GET")).status).toBe(200);
    expect(server.accepted(SECRETS)).toHaveLength(2);
  });

  it("is sent once when it may have been processed: POST and PATCH", async () => {
    for (const method of ["POST", "PATCH"]) {
      for (const status of PASSING) {
        server.begin(() => ({ status }));
        expect((await send(session(), method)).status).toBe(status);
        expect(server.requests).toHaveLength(1);
      }
    }
  });

  it("is sent once with retries: false, and after a status that is not transient", async () => {
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
});

it("token requests are sent once, as the provider may have processed them", async () => {
  server.begin(() => ({ status: 503 }));
  const clock = new FakeClock(1_700_000_000_000);
  await errorOf(() =>
    session({ clock, callbackUri: "oob" }).fetchRequestToken({ url: `${server.origin}/token` }),
  );
  expect(server.requests).toHaveLength(1);
});

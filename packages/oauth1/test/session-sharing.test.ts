import { describe, expect, it } from "@jest/globals";
import {
  type Clock,
  defineOAuth1Provider,
  type OAuth1Provider,
  OAuth1Session,
} from "@grantkit/oauth1";

/** Pauses of no length are over at once, and no time limit ever is. */
const clock: Clock = {
  now: () => Date.UTC(2026, 0, 1),
  after(milliseconds, callback) {
    if (milliseconds === 0) queueMicrotask(callback);
    return () => undefined;
  },
};

function example(): OAuth1Provider {
  const origin = "https://id.example.com";
  return defineOAuth1Provider({
    name: "example",
    endpoints: {
      requestToken: `${origin}/request_token`,
      authorization: `${origin}/authorize`,
      accessToken: `${origin}/access_token`,
    },
    api: { baseUrl: "https://api.example.com" },
  });
}

/** Sends a GET from so many sessions, one after the other, to an API that is down; gives the number of repeats. */
async function repeats(provider: OAuth1Provider | undefined, sessions: number): Promise<number> {
  let sent = 0;
  for (let made = 0; made < sessions; made += 1) {
    const session = new OAuth1Session({
      ...(provider && { provider }),
      clientKey: "key",
      clientSecret: "secret",
      clock,
      random: () => 0,
      fetch: () => {
        sent += 1;
        return Promise.resolve(new Response("", { status: 503 }));
      },
    });
    const { status } = await session.fetch("https://api.example.com/items");
    expect(status).toBe(503);
  }
  return sent - sessions;
}

describe("sessions that a server makes for each request", () => {
  it("share one retry budget while their provider is down", async () => {
    // Twenty at the start, and a tenth of a hundred.
    const together = await repeats(example(), 100);
    expect(together).toBeGreaterThanOrEqual(20);
    expect(together).toBeLessThanOrEqual(30);
  });

  it("do not share it with the sessions of another provider", async () => {
    await repeats(example(), 100);
    expect(await repeats(example(), 1)).toBe(2);
  });

  it("share nothing without a provider", async () => {
    expect(await repeats(undefined, 100)).toBe(200);
  });
});

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { isOAuthError, type OAuth2ClientOptions, type OAuth2Session } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { hurry } from "./support/hurry.ts";
import type { Answer } from "./support/loopback-server.ts";
import { turns, until } from "./support/turns.ts";

const API_TIMEOUT = 30_000;

let example: ExampleProvider;
let clock: FakeClock;

beforeEach(async () => {
  example = await ExampleProvider.start();
  clock = new FakeClock();
});

afterEach(() => example.close());

/** A session with the longest random pauses. */
function session(options: Partial<OAuth2ClientOptions> = {}): OAuth2Session {
  const client = example.client({ clock, random: () => 0.999, ...options });
  return client.session(example.grant({ accessToken: "at-good" }));
}

/** Sets the API's answers, in order; the last one is repeated. */
function answers(...list: (Answer | "cut")[]): void {
  let next = 0;
  example.api = () => {
    const answer = list[Math.min(next, list.length - 1)] as Answer;
    next += 1;
    return answer;
  };
}

const ok: Answer = { body: { hello: "world" } };
const down: Answer = { status: 503, body: { message: "down" } };

const hurried = <T>(work: Promise<T>, limit?: number): Promise<T> => hurry(clock, work, limit);

const senders = {
  axios: async (of: OAuth2Session, method: string, body?: unknown) =>
    (await of.request({ url: "/x", method, data: body, validateStatus: null })).status,
  fetch: async (of: OAuth2Session, method: string, body?: unknown) =>
    (await of.fetch("/x", { method, ...(body !== undefined && { body: String(body) }) })).status,
};

describe.each(Object.entries(senders))("through %s", (_name, send) => {
  it.each([429, 502, 503, 504])(
    "a GET that is answered with %d twice is sent a third time",
    async (status) => {
      answers({ status }, { status }, ok);
      expect(await hurried(send(session(), "GET"))).toBe(200);
      expect(example.apiRequests).toHaveLength(3);
    },
  );

  it("a GET whose connection is reset before an answer is sent again", async () => {
    answers("cut", ok);
    expect(await hurried(send(session(), "GET"))).toBe(200);
    expect(example.apiRequests).toHaveLength(2);
  });

  it.each(["PUT", "DELETE", "OPTIONS"])("%s is repeated, with its body", async (method) => {
    answers(down, ok);
    expect(await hurried(send(session(), method, "payload"))).toBe(200);
    expect(example.apiRequests.map(({ body }) => body)).toEqual(["payload", "payload"]);
  });

  it.each(["POST", "PATCH"])("%s is sent once, whatever the answer", async (method) => {
    answers(down, ok);
    expect(await hurried(send(session(), method, "payload"))).toBe(503);
    expect(example.apiRequests).toHaveLength(1);
  });

  it.each([400, 404, 500, 501])(
    "a request that is answered with %d is sent once",
    async (status) => {
      answers({ status }, ok);
      expect(await hurried(send(session(), "GET"))).toBe(status);
      expect(example.apiRequests).toHaveLength(1);
    },
  );

  it("the last answer is returned when all attempts fail", async () => {
    answers(down);
    expect(await hurried(send(session(), "GET"))).toBe(503);
    expect(example.apiRequests).toHaveLength(3);
  });

  it.each([false, 0] as const)("retries: %j switches retries off", async (retries) => {
    answers(down, ok);
    expect(await hurried(send(session({ retries }), "GET"))).toBe(503);
    expect(example.apiRequests).toHaveLength(1);
  });

  it("a retry waits as long as Retry-After says in seconds", async () => {
    answers({ ...down, headers: { "retry-after": "7" } }, ok);
    const sending = send(session({ random: () => 0 }), "GET");
    await until(() => example.apiRequests.length === 1);
    await clock.scheduled(2);
    clock.advance(6_999);
    await turns();
    expect(example.apiRequests).toHaveLength(1);
    clock.advance(1);
    expect(await sending).toBe(200);
  });

  it("a retry waits until the date in Retry-After", async () => {
    const date = new Date(clock.now() + 4_000).toUTCString();
    answers({ ...down, headers: { "retry-after": date } }, ok);
    const sending = send(session({ random: () => 0 }), "GET");
    await until(() => example.apiRequests.length === 1);
    await clock.scheduled(2);
    clock.advance(3_999);
    await turns();
    expect(example.apiRequests).toHaveLength(1);
    clock.advance(1);
    expect(await sending).toBe(200);
  });

  it.each(["86400", "61"])("Retry-After: %s is too long to wait for", async (seconds) => {
    answers({ ...down, headers: { "retry-after": seconds } }, ok);
    expect(await send(session(), "GET")).toBe(503);
    expect(example.apiRequests).toHaveLength(1);
  });

  it("a retry that would come after the deadline is not made", async () => {
    answers({ ...down, headers: { "retry-after": "45" } }, ok);
    expect(await send(session(), "GET")).toBe(503);
    expect(example.apiRequests).toHaveLength(1);
  });

  it("one deadline covers all attempts and the pauses between them", async () => {
    answers({ ...down, headers: { "retry-after": "20" } }, ok);
    example.api = ((before) => (request, response) => {
      if (example.apiRequests.length > 1) return "hang";
      return before(request, response);
    })(example.api);
    const failing = rejectionOf(send(session({ random: () => 0 }), "GET"));
    await until(() => example.apiRequests.length === 1);
    await clock.scheduled(2);
    clock.advance(20_000);
    await until(() => example.apiRequests.length === 2);
    clock.advance(API_TIMEOUT - 20_000);
    expect(await failing).toMatchObject({ code: "TIMEOUT" });
  });

  it("a token that expires during the pause is refreshed before the next attempt", async () => {
    example.rotate("rt-1");
    example.accepted.add("at-1");
    answers(down, ok);
    const token = example.grant({
      accessToken: "at-1",
      refreshToken: "rt-1",
      expiresAt: clock.now() + 62_000,
    });
    const client = example.client({ clock, random: () => 0.999 });
    example.api = ((before) => (request, response) => {
      // The first answer takes so long that the token's leeway begins meanwhile.
      if (example.apiRequests.length === 1) clock.advance(20_000);
      return before(request, response);
    })(example.api);
    expect(await hurried(send(client.session(token), "GET"))).toBe(200);
    expect(example.apiRequests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer at-1",
      "Bearer at-rotated-1",
    ]);
  });

  it("a 401 causes one refresh and one repetition, and a retry may follow", async () => {
    example.rotate("rt-1");
    answers(down, ok);
    const client = example.client({ clock, random: () => 0 });
    const stale = client.session({ accessToken: "at-stale", refreshToken: "rt-1" });
    expect(await hurried(send(stale, "GET"))).toBe(200);
    expect(example.tokenRequests).toHaveLength(1);
    expect(example.apiRequests).toHaveLength(3);
  });
});

describe("retries", () => {
  it("come after a random pause of up to a quarter of a second, then up to half a second", async () => {
    answers(down);
    const sending = session({ random: () => 0.5 }).get("/x", { validateStatus: null });
    const pauses: number[] = [];
    for (const count of [1, 2]) {
      await until(() => example.apiRequests.length === count);
      await clock.scheduled(2);
      const start = clock.now();
      while (example.apiRequests.length === count) {
        clock.advance(5);
        await turns(30);
        if (clock.now() - start > 2_000) throw new Error("no retry came");
      }
      pauses.push(clock.now() - start);
    }
    await sending;
    expect(pauses[0]).toBeGreaterThanOrEqual(125);
    expect(pauses[0]).toBeLessThanOrEqual(200);
    expect(pauses[1]).toBeGreaterThanOrEqual(250);
    expect(pauses[1]).toBeLessThanOrEqual(400);
  });

  it("end at once when the caller aborts during a pause", async () => {
    answers(down, ok);
    const of = session();
    for (const send of [
      (signal: AbortSignal) => of.get("/x", { signal }),
      (signal: AbortSignal) => of.fetch("/x", { signal }),
    ]) {
      const controller = new AbortController();
      const before = example.apiRequests.length;
      answers({ ...down, headers: { "retry-after": "20" } }, ok);
      const failing = rejectionOf(send(controller.signal));
      await until(() => example.apiRequests.length === before + 1);
      await clock.scheduled(2);
      controller.abort();
      expect((await failing) as Error).toMatchObject({
        name: expect.stringMatching(/AbortError|CanceledError/),
      });
      expect(example.apiRequests).toHaveLength(before + 1);
      expect(clock.pending).toBe(0);
    }
  });

  it("do not repeat a body that is a stream", async () => {
    answers(down, ok);
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("once"));
        controller.close();
      },
    });
    expect((await session().fetch("/x", { method: "PUT", body })).status).toBe(503);
    expect(example.apiRequests).toHaveLength(1);
  });

  it("are at most a tenth of all requests, once a small reserve is used", async () => {
    answers(down);
    const of = session({ random: () => 0 });
    for (let index = 0; index < 100; index += 1) {
      await hurried(of.get("/x", { validateStatus: null }));
    }
    // A reserve of 20, and a tenth of a hundred.
    expect(example.apiRequests.length - 100).toBeGreaterThanOrEqual(20);
    expect(example.apiRequests.length - 100).toBeLessThanOrEqual(30);
  });

  it("can be set for a request, a session or a client, in this order of precedence", async () => {
    const client = example.client({ clock, random: () => 0, retries: false });
    const token = example.grant({ accessToken: "at-good" });
    answers(down);
    const one = client.session(token, { retries: 1 });
    await hurried(one.get("/x", { validateStatus: null }));
    expect(example.apiRequests).toHaveLength(2);
    await hurried(one.get("/x", { validateStatus: null, retries: 3 }));
    expect(example.apiRequests).toHaveLength(6);
    await hurried(one.fetch("/x", { retries: false }));
    expect(example.apiRequests).toHaveLength(7);
    await hurried(client.session(token).fetch("/x"));
    expect(example.apiRequests).toHaveLength(8);
  });

  it.each([-1, 1.5, 11, "2", true, null])("cannot be %j", (retries) => {
    expect(() => example.client({ retries: retries as never })).toThrow(/retries must be/);
    expect(() =>
      example.client().session({ accessToken: "a" }, { retries: retries as never }),
    ).toThrow(/retries must be/);
  });

  it("are not made for a long Retry-After, which the error has as retryAfter, also through profile()", async () => {
    answers({ status: 429, headers: { "retry-after": "3600" } });
    const error = (await rejectionOf(session().get("/x"))) as { retryAfter?: number };
    expect(error.retryAfter).toBe(3600);
    const ours = await rejectionOf(session().profile());
    expect(isOAuthError(ours) && ours).toMatchObject({ code: "RATE_LIMITED", retryAfter: 3600 });
  });

  it("are made for requests without the token as well", async () => {
    answers(down, ok);
    example.accepted.add("none");
    const status = await hurried(
      session()
        .get("/x?access_token=none", { withholdToken: true })
        .then((response) => response.status),
    );
    expect(status).toBe(200);
    for (const { headers } of example.apiRequests) expect(headers.authorization).toBeUndefined();
  });

  it("start at the first URL again after a redirect", async () => {
    const paths: string[] = [];
    example.api = ({ url }) => {
      paths.push(url);
      if (url === "/api/x") return { status: 302, headers: { location: "/api/y" } };
      return paths.length < 3 ? down : ok;
    };
    expect((await hurried(session().get("/x"))).status).toBe(200);
    expect(paths).toEqual(["/api/x", "/api/y", "/api/x", "/api/y"]);
  });
});

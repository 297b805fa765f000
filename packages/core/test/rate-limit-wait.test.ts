import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { OAuth2ClientOptions, OAuth2Session } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import type { Answer } from "./support/loopback-server.ts";
import { turns, until } from "./support/turns.ts";

let example: ExampleProvider;
let clock: FakeClock;

beforeEach(async () => {
  example = await ExampleProvider.start();
  clock = new FakeClock();
});
afterEach(() => example.close());

/** An API that refuses requests in its own way, and names the seconds in the body. */
const rateLimitWait: NonNullable<OAuth2ClientOptions["rateLimitWait"]> = async (answer) => {
  if (answer.status !== 403) return undefined;
  const { wait } = (await answer.data()) as { wait?: number };
  return wait;
};

function session(options: Partial<OAuth2ClientOptions> = {}): OAuth2Session {
  const client = example.client({ clock, random: () => 0, rateLimitWait, ...options });
  return client.session(example.grant({ accessToken: "at-good" }));
}

function answers(...list: readonly Answer[]): void {
  let next = 0;
  example.api = () => {
    const answer = list[Math.min(next, list.length - 1)] as Answer;
    next += 1;
    return answer;
  };
}

const ok: Answer = { body: { hello: "world" } };
const limited = (wait?: number): Answer => ({ status: 403, body: { wait } });

/** Advances the clock by a wait, and not by a millisecond less. */
async function passWait(seconds: number): Promise<void> {
  await until(() => clock.untilNext === seconds * 1000);
  const sent = example.apiRequests.length;
  clock.advance(seconds * 1000 - 1);
  await turns(20);
  expect(example.apiRequests).toHaveLength(sent);
  clock.advance(1);
}

const senders = {
  axios: async (of: OAuth2Session, method: string, data?: unknown) =>
    (await of.request({ url: "/x", method, data, validateStatus: null })).status,
  fetch: async (of: OAuth2Session, method: string, data?: unknown) =>
    (await of.fetch("/x", { method, ...(data !== undefined && { body: String(data) }) })).status,
};

describe.each(Object.entries(senders))("through %s", (_name, send) => {
  it.each(["GET", "POST"])(
    "a %s waits as long as the function says, and is sent again",
    async (method) => {
      answers(limited(90), ok);
      const sending = send(session(), method, method === "POST" ? "a=1" : undefined);
      await passWait(90);
      expect(await sending).toBe(200);
      expect(example.apiRequests.map((request) => request.body)).toEqual(
        method === "POST" ? ["a=1", "a=1"] : ["", ""],
      );
    },
  );

  it("the time limit stands still in the wait, and begins anew after it", async () => {
    answers(limited(90), ok);
    const sending = send(session({ timeout: 5000 }), "GET");
    await passWait(90);
    expect(await sending).toBe(200);
    example.api = () => new Promise(() => undefined);
    const hanging = rejectionOf(send(session({ timeout: 5000 }), "GET"));
    await until(() => example.apiRequests.length === 3);
    clock.advance(5000);
    expect(await hanging).toMatchObject({ code: "TIMEOUT" });
  });

  it("an answer after the wait is limited in time as well", async () => {
    let count = 0;
    example.api = () => ((count += 1) === 1 ? limited(90) : new Promise(() => undefined));
    const sending = rejectionOf(send(session({ timeout: 5000 }), "GET"));
    await passWait(90);
    await until(() => example.apiRequests.length === 2);
    clock.advance(4999);
    await turns(20);
    clock.advance(1);
    expect(await sending).toMatchObject({ code: "TIMEOUT" });
  });

  it("what the function refuses to wait for is the caller's", async () => {
    answers(limited());
    expect(await send(session(), "GET")).toBe(403);
    expect(example.apiRequests).toHaveLength(1);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, "3", null])(
    "refuses to wait for %p, for which no timer waits",
    async (wait) => {
      answers(limited());
      const failing = session({ rateLimitWait: () => wait as never });
      expect(await rejectionOf(send(failing, "GET"))).toMatchObject({
        code: "CONFIGURATION_INVALID",
        problems: ["rateLimitWait must return a number of seconds, 0 or more, or undefined"],
      });
      expect(example.apiRequests).toHaveLength(1);
    },
  );

  it("what the function throws, the request throws", async () => {
    answers(limited());
    const failing = session({
      rateLimitWait: () => {
        throw new RangeError("the app's own");
      },
    });
    expect(await rejectionOf(send(failing, "GET"))).toEqual(new RangeError("the app's own"));
  });
});

it("tells the function how long the request has waited so far", async () => {
  answers(limited(10), limited(20), limited());
  const told: number[] = [];
  const counting = session({
    rateLimitWait: (answer, waited) => (told.push(waited), rateLimitWait(answer, waited)),
  });
  const sending = senders.fetch(counting, "GET");
  await passWait(10);
  await passWait(20);
  expect(await sending).toBe(403);
  expect(told).toEqual([0, 10, 30]);
});

it("a function that asks for no time waits a second each time, and is told so", async () => {
  answers(limited(0));
  const told: number[] = [];
  const impatient = session({
    rateLimitWait: (_answer, waited) => (told.push(waited) < 4 ? 0 : undefined),
  });
  const sending = senders.fetch(impatient, "GET");
  for (let wait = 0; wait < 3; wait += 1) {
    await until(() => (clock.untilNext ?? Number.POSITIVE_INFINITY) <= 1000);
    expect(clock.untilNext).toBe(1000);
    clock.advance(1000);
  }
  expect(await sending).toBe(403);
  expect(told).toEqual([0, 1, 2, 3]);
});

it("a wait uses up none of the retries, and is one more attempt", async () => {
  answers(limited(10), { status: 503 }, { status: 503 }, ok);
  const sending = senders.fetch(session({ retries: 2 }), "GET");
  await passWait(10);
  for (let retry = 0; retry < 2; retry += 1) {
    await until(() => example.apiRequests.length === retry + 2);
    await turns(20);
    clock.advance(1);
  }
  expect(await sending).toBe(200);
});

it("the caller's abort ends the wait with the caller's reason", async () => {
  answers(limited(90), ok);
  const controller = new AbortController();
  const sending = rejectionOf(session().fetch("/x", { signal: controller.signal }));
  await until(() => clock.untilNext === 90_000);
  controller.abort(new Error("no longer needed"));
  expect(await sending).toEqual(new Error("no longer needed"));
  expect(example.apiRequests).toHaveLength(1);
});

it("a request whose body is a stream is not sent again", async () => {
  answers(limited(10), ok);
  const judge = jest.fn(rateLimitWait);
  const body = new Blob(["a"]).stream();
  const { status } = await session({ rateLimitWait: judge }).fetch("/x", { method: "POST", body });
  expect([status, judge.mock.calls.length]).toEqual([403, 0]);
});

it("must be a function", () => {
  expect(() => session({ rateLimitWait: 7 as never })).toThrow("rateLimitWait must be a function");
});

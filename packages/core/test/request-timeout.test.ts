import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { OAuth2ClientOptions, OAuth2Session } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { turns, until } from "./support/turns.ts";

let example: ExampleProvider;
let clock: FakeClock;

beforeEach(async () => {
  example = await ExampleProvider.start();
  clock = new FakeClock();
});
afterEach(() => example.close());

type Send = (session: OAuth2Session, options: object) => Promise<unknown>;

const senders: readonly (readonly [string, Partial<OAuth2ClientOptions>, Send])[] = [
  ["get", {}, (session, options) => session.get("/x", options)],
  ["axios()", {}, async (session, options) => (await session.axios()).get("/x", options)],
  ["fetch", {}, (session, options) => session.fetch("/x", options)],
  ["fetch of a Request", {}, (session, options) => session.fetch(requested(), options)],
  [
    "fetch through axios",
    { http: { headers: {} } },
    (session, options) => session.fetch("/x", options),
  ],
];

function requested(): Request {
  return new Request(`${example.origin}/api/x`);
}

describe.each(senders)("the timeout of one request (%s)", (_name, options, send) => {
  const session = (): OAuth2Session =>
    example
      .client({ clock, timeout: 1000, ...options })
      .session(example.grant({ accessToken: "at-slow-0001" }));

  /** The milliseconds after which a request ends that is never answered. */
  async function endOf(given: object): Promise<number> {
    example.api = () => "hang";
    const start = clock.now();
    const state = { over: false };
    const work = rejectionOf(send(session(), given)).finally(() => {
      state.over = true;
    });
    await until(() => example.apiRequests.length === 1);
    while (!state.over) {
      clock.advance(100);
      await turns(20);
    }
    expect(await work).toMatchObject({ code: "TIMEOUT", retryable: true });
    return clock.now() - start;
  }

  it.each([
    [200, 200],
    [1500, 1500],
    [0, 1000],
    [undefined, 1000],
  ])("of %s ms ends an unanswered request after %i ms", async (timeout, after) => {
    expect(await endOf({ timeout })).toBe(after);
  });

  it.each([-1, Number.NaN, "200", null, true, {}])(
    "is refused when it is %p, and nothing is sent",
    async (timeout) => {
      const error = await rejectionOf(send(session(), { timeout }));
      expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
      expect(String(error)).toContain("timeout must be a number of milliseconds");
      expect(example.server.requests).toEqual([]);
    },
  );
});

it("the timeout of session.fetch holds until the body is read", async () => {
  example.api = (_request, response) => {
    response.writeHead(200).write("half");
    return "hang";
  };
  const session = example.client({ clock }).session(example.grant({ accessToken: "at-slow-0001" }));
  const reader = (await session.fetch("/x", { timeout: 200 })).body?.getReader();
  await reader?.read();
  const next = rejectionOf(reader?.read() as Promise<unknown>);
  clock.advance(200);
  expect(await next).toMatchObject({ name: "TimeoutError" });
});

it("the client's fetch function does not get the session's own options", async () => {
  const seen: string[][] = [];
  const fetch = async (_url: unknown, init: object = {}): Promise<Response> => {
    seen.push(Object.keys(init));
    return new Response("{}");
  };
  const session = example.client({ clock, fetch }).session({ accessToken: "at-good-0001" });
  const own = { timeout: 200, retries: 1, maxContentLength: 100, withholdToken: false };
  await session.fetch("/x", own);
  expect(seen.flat().filter((name) => name in own)).toEqual([]);
});

it.each(["get", "fetch", "fetch through axios"])(
  "only withholdToken: true withholds the token (%s)",
  async (name) => {
    example.api = () => ({ body: {} });
    const session = example
      .client(name === "fetch through axios" ? { http: { headers: {} } } : {})
      .session(example.grant({ accessToken: "at-good-0001" }));
    for (const withholdToken of [1, "false", {}] as unknown as boolean[]) {
      const sent =
        name === "get"
          ? session.get("/x", { withholdToken })
          : session.fetch("/x", { withholdToken });
      expect((await sent).status).toBe(200);
      expect(example.apiRequests.at(-1)?.headers.authorization).toBe("Bearer at-good-0001");
    }
  },
);

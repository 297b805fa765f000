import { getEventListeners } from "node:events";
import type { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import axios, { type AxiosResponse, type InternalAxiosRequestConfig } from "axios";
import type { Hooks, OAuth2ClientOptions, OAuth2Session } from "@grantkit/core";
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

const down: Answer = { status: 503 };

/** A session with the shortest random pauses. */
function session(options: Partial<OAuth2ClientOptions> = {}): OAuth2Session {
  return example
    .client({ clock, random: () => 0, ...options })
    .session(example.grant({ accessToken: "at-good" }));
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

/** Advances the clock through every pause until the work is done. */
async function hurried<T>(work: Promise<T>): Promise<T> {
  const state = { over: false };
  const done = work.finally(() => (state.over = true));
  done.catch(() => undefined);
  for (let round = 0; !state.over && round < 20; round += 1) {
    await turns(60);
    if (!state.over) clock.advance(1);
  }
  return done;
}

const senders = {
  axios: async (of: OAuth2Session, init: object = {}) =>
    (await of.request({ url: "/x", validateStatus: null, ...init })).status,
  fetch: async (of: OAuth2Session, init: object = {}) => (await of.fetch("/x", init)).status,
};

describe.each(Object.entries(senders))("through %s", (shape, send) => {
  it.each([-1, 1.5, 11, Number.NaN, "2", true, null])(
    "a request's own retries cannot be %j: nothing is sent",
    async (retries) => {
      answers(down);
      expect(await rejectionOf(send(session(), { retries }))).toMatchObject({
        name: "ConfigurationError",
        code: "CONFIGURATION_INVALID",
        message: expect.stringContaining("retries must be a whole number from 0 to 10, or false"),
      });
      expect(example.apiRequests).toHaveLength(0);
      expect(clock.pending).toBe(0);
    },
  );

  it("a GET that a hook turned into a POST is sent once", async () => {
    answers(down, { body: {} });
    const hooks: Hooks = { protectedRequest: (request) => ({ ...request, method: "POST" }) };
    expect(await hurried(send(session({ hooks })))).toBe(503);
    expect(example.apiRequests.map(({ method }) => method)).toEqual(["POST"]);
    answers("cut", { body: {} });
    await rejectionOf(hurried(send(session({ hooks }))));
    expect(example.apiRequests).toHaveLength(2);
  });

  it("an error of a hook is not retried as a reset connection, whatever its code", async () => {
    const mine = Object.assign(new Error("my hook's own"), { code: "ECONNRESET" });
    let runs = 0;
    const hooks = {
      protectedRequest: () => {
        runs += 1;
        throw mine;
      },
    };
    expect(await rejectionOf(hurried(send(session({ hooks }))))).toBe(mine);
    expect(runs).toBe(1);
  });

  it.each(["http", "fetch"] as const)(
    "a request whose answer breaks off in its body is not sent again (adapter %s)",
    async (adapter) => {
      example.api = (_request, response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write("half", () => response.destroy());
        return "hang";
      };
      const of = session({ http: { adapter } });
      const whole: Promise<unknown> =
        shape === "axios" ? of.get("/x") : of.fetch("/x").then((response) => response.text());
      await rejectionOf(hurried(whole));
      expect(example.apiRequests).toHaveLength(1);
    },
  );

  it("one call refreshes the token once when 401 and 503 take turns", async () => {
    let renewals = 0;
    example.token = () => {
      renewals += 1;
      const accessToken = `at-new-${renewals}`;
      example.accepted.add(accessToken);
      return {
        body: { access_token: accessToken, token_type: "Bearer", refresh_token: `rt-${renewals}` },
      };
    };
    example.api = () => {
      example.accepted.clear();
      return down;
    };
    const old = { accessToken: "at-old", refreshToken: "rt-0" };
    const of = example.client({ clock, random: () => 0 }).session(old);
    expect(await hurried(send(of, { retries: 5 }))).toBe(401);
    expect(renewals).toBe(1);
    expect(example.apiRequests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer at-old",
      "Bearer at-new-1",
      "Bearer at-new-1",
    ]);
  });

  it("a pause leaves no timer and no listener behind", async () => {
    answers(down, down, { body: {} });
    const { signal } = new AbortController();
    expect(await hurried(send(session(), { signal }))).toBe(200);
    expect(clock.pending).toBe(shape === "axios" ? 0 : 1);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

it.each(["http", "fetch"] as const)(
  "a reset connection is retried with axios's adapter %s",
  async (adapter) => {
    answers("cut", { body: { hello: "world" } });
    expect(await hurried(senders.axios(session({ http: { adapter } })))).toBe(200);
    expect(example.apiRequests).toHaveLength(2);
  },
);

it("a refused connection is not retried", async () => {
  const gone = await ExampleProvider.start();
  const of = gone.client({ clock, random: () => 0 }).session({ accessToken: "at-good" });
  await gone.close();
  expect(await rejectionOf(of.get("/x"))).toMatchObject({ code: "ECONNREFUSED" });
  expect(await rejectionOf(of.fetch("/x"))).toMatchObject({ code: "NETWORK_ERROR" });
  expect(clock.pending).toBe(0);
});

it("an answer that is read as a stream is destroyed before the request is repeated", async () => {
  const streams: Readable[] = [];
  const remembering = async (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => {
    const response = await axios.getAdapter("http")(config);
    streams.push(response.data as Readable);
    return response;
  };
  answers({ status: 503, body: "x".repeat(100_000) }, { body: "fine" });
  const { data } = await hurried(
    session({ http: { adapter: remembering } }).get<Readable>("/x", { responseType: "stream" }),
  );
  let text = "";
  for await (const part of data) text += String(part);
  expect(text).toBe("fine");
  expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true]);
});

it("a request whose token cannot be refreshed after the pause fails with the refresh's error", async () => {
  example.token = () => ({ status: 400, body: { error: "invalid_grant" } });
  answers({ ...down, headers: { "retry-after": "10" } });
  const token = example.grant({
    accessToken: "at-short",
    refreshToken: "rt-dead",
    issuedAt: clock.now(),
    expiresAt: clock.now() + 5_000,
  });
  const failing = rejectionOf(
    example
      .client({ clock, random: () => 0 })
      .session(token)
      .get("/x"),
  );
  await until(() => example.apiRequests.length === 1);
  await clock.scheduled(2);
  clock.advance(10_000);
  expect(await failing).toMatchObject({ code: "INVALID_GRANT" });
  expect(example.apiRequests).toHaveLength(1);
});

it.each(
  (["a redirect that is refused", "a 401 after which the refresh fails"] as const).flatMap((what) =>
    (["get", "fetch"] as const).map((method) => [what, method] as const),
  ),
)("%s closes the connection (%s)", async (what, method) => {
  let closed = false;
  const isRedirect = what.startsWith("a redirect");
  example.token = () => ({ status: 400, body: { error: "invalid_grant" } });
  example.api = (_request, response) => {
    response.on("close", () => (closed = true));
    response.writeHead(isRedirect ? 302 : 401, isRedirect ? { location: "ftp://x.example/" } : {});
    response.write("x".repeat(200_000));
    return "hang";
  };
  const token = example.grant({ accessToken: "at", refreshToken: `rt-${method}` });
  const stream = method === "get" ? { responseType: "stream" as const } : {};
  const failing = example.client().session(token)[method]("/x", stream);
  expect(await rejectionOf(failing)).toMatchObject({
    code: isRedirect ? "REDIRECT_REFUSED" : "INVALID_GRANT",
  });
  await until(() => closed);
});

it.each(["get", "fetch"] as const)(
  "a pause of session.%s keeps the process alive, and a time limit does not",
  async (method) => {
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const of = example.client({ random: () => 0 }).session(example.grant({ accessToken: "at" }));
    let whileSent = 0;
    example.api = () => {
      whileSent = timers();
      return { ...down, headers: { "retry-after": "20" } };
    };
    const before = timers();
    const controller = new AbortController();
    const failing = rejectionOf(of[method]("/x", { signal: controller.signal }));
    await until(() => example.apiRequests.length === 1);
    for (let round = 0; round < 200 && timers() === before; round += 1) await turns(10);
    expect(timers()).toBe(before + 1);
    expect(whileSent).toBe(before);
    controller.abort();
    await failing;
    expect(timers()).toBe(before);
  },
);

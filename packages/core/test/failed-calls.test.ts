import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { CANARY } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { turns } from "./support/turns.ts";

const API_TIMEOUT = 30_000;

let example: ExampleProvider;
let clock: FakeClock;

beforeEach(async () => {
  example = await ExampleProvider.start();
  clock = new FakeClock();
});
afterEach(() => example.close());

describe("after hundreds of failed calls", () => {
  it.each(["get", "fetch"] as const)(
    "session.%s has left no timer and no listener",
    async (method) => {
      const { signal } = new AbortController();
      const session = example
        .client({ clock, retries: false })
        .session(example.grant({ accessToken: "at-good" }));
      const fail = async (): Promise<void> => {
        const work = session[method]("/x", { signal });
        const response = await work.catch(() => undefined);
        if (response instanceof Response) await response.text();
      };
      for (const answer of [{ status: 500 }, "cut", { status: 403 }] as const) {
        example.api = () => answer;
        for (let done = 0; done < 100; done += 50) {
          await Promise.all(Array.from({ length: 50 }, fail));
        }
      }
      expect(example.apiRequests).toHaveLength(300);
      expect(getEventListeners(signal, "abort")).toEqual([]);
      // A fetch's time limit runs until the body is read; the hundred requests that were cut have none.
      expect(clock.pending).toBeLessThanOrEqual(method === "get" ? 0 : 200);
      clock.advance(API_TIMEOUT);
      expect(clock.pending).toBe(0);
    },
  );

  it("session.get, session.fetch, user info and refresh have left no timer and no connection", async () => {
    const client = example.client({ clock, retries: 0 });
    const session = client.session(example.grant({ accessToken: CANARY.accessToken }));
    example.api = () => "cut";
    example.token = () => "cut";
    const stored = { accessToken: "at-leak-0001", refreshToken: "rt-leak-0001" };
    const fail = async (): Promise<void> => {
      const outcomes = await Promise.allSettled([
        session.get("/x"),
        session.fetch("/x"),
        client.userInfo(session.token),
        client.refreshToken(stored, { scope: ["a"] }),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => "rejected"));
    };
    const handles = (): number =>
      process.getActiveResourcesInfo().filter((name) => /Timeout|TCP|TLS/.test(name)).length;
    await fail();
    await turns();
    const before = handles();
    for (let round = 0; round < 100; round += 1) await fail();
    await turns();
    expect(clock.pending).toBe(0);
    expect(handles()).toBeLessThanOrEqual(before + 2);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { LoopbackServer } from "./support/loopback-server.ts";

let example: ExampleProvider;
let evil: LoopbackServer;

beforeAll(async () => {
  example = await ExampleProvider.start();
  evil = await LoopbackServer.start(() => ({ body: {} }));
});
beforeEach(() => {
  example.server.requests.length = 0;
  evil.requests.length = 0;
});
afterAll(() => Promise.all([example.close(), evil.close()]));

/** Runs work while `Object.prototype` has additional properties. */
async function polluted(additions: object, work: () => Promise<void>): Promise<void> {
  const prototype = Object.prototype as Record<string, unknown>;
  for (const [name, value] of Object.entries(additions)) {
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
  }
  try {
    await work();
  } finally {
    for (const name of Object.keys(additions)) Reflect.deleteProperty(prototype, name);
  }
}

describe("a property that somebody has put on Object.prototype", () => {
  const additions: [string, (origin: string) => unknown][] = [
    ["baseURL", (origin) => origin],
    ["proxy", (origin) => ({ host: "127.0.0.1", port: Number(new URL(origin).port) })],
    ["headers", () => ({ authorization: "Bearer evil", "x-evil": "1" })],
    ["auth", () => ({ username: "evil", password: "evil" })],
    ["transformRequest", () => () => "evil"],
    ["params", () => ({ evil: "1" })],
    ["allowedOrigins", (origin) => [origin]],
    ["maxRedirects", () => 0],
    ["withholdToken", () => true],
    ["retries", () => 10],
    ["method", () => "DELETE"],
    ["body", () => "evil"],
  ];
  it.each(additions)("changes no request: %s", async (name, value) => {
    const client = example.client();
    const session = client.session(example.grant({ accessToken: CANARY.accessToken }));
    await session.get("/warm");
    await rejectionOf(client.refreshToken({ accessToken: "a-b-c-d", refreshToken: "rt-1" })).catch(
      () => undefined,
    );
    example.server.requests.length = 0;
    await polluted({ [name]: value(evil.origin) }, async () => {
      await session.get("/me");
      await session.post("/me", { a: 1 });
      await session.fetch("/me");
      await client.refreshToken({ accessToken: "a-b-c-e", refreshToken: "rt-2" });
    });
    expect(evil.requests).toEqual([]);
    const [get, post, fetched, refresh] = example.server.requests;
    for (const request of [get, post, fetched]) {
      expect(request?.url).toBe("/api/me");
      expect(request?.headers.authorization).toBe(`Bearer ${CANARY.accessToken}`);
    }
    expect(post?.body).toBe('{"a":1}');
    expect(refresh?.url).toBe("/token");
    expect(new URLSearchParams(refresh?.body).get("refresh_token")).toBe("rt-2");
    for (const request of example.server.requests) {
      expect(JSON.stringify(request)).not.toContain("evil");
    }
  });
});

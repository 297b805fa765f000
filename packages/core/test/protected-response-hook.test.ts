import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { Hooks, OAuth2Session, ProtectedResponseHookValue, Token } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";

let example: ExampleProvider;
let token: Token;

beforeAll(async () => {
  example = await ExampleProvider.start();
  token = example.grant({ accessToken: "at-hooked-0002" });
});
afterEach(() => {
  example.server.requests.length = 0;
  example.api = () => ({ body: {} });
});
afterAll(() => example.close());

function sessionWith(protectedResponse: NonNullable<Hooks["protectedResponse"]>): OAuth2Session {
  const options = { tokenPlacement: "query", retries: 1, hooks: { protectedResponse } } as const;
  return example.client(options).session(token);
}

const SHAPES: [string, (session: OAuth2Session) => Promise<{ readonly status: number }>][] = [
  ["axios", (session) => session.get("/x?q=1", { validateStatus: null })],
  ["fetch", (session) => session.fetch("/x?q=1")],
];

describe.each(SHAPES)("a protectedResponse hook, through %s", (_shape, send) => {
  it("sees the status and the headers of a response, and the URL without the token", async () => {
    const seen: ProtectedResponseHookValue[] = [];
    example.api = () => ({ status: 404, headers: { "x-limit": "7" }, body: {} });
    await send(sessionWith((response) => void seen.push(response)));
    expect(seen).toHaveLength(1);
    const [response] = seen;
    expect(response).toMatchObject({ method: "GET", status: 404 });
    expect(response?.url).toMatch(/\/x\?q=1$/);
    expect(response?.header("X-Limit")).toBe("7");
    expect(response?.header("x-other")).toBeUndefined();
    expect(example.apiRequests[0]?.url).toContain("at-hooked-0002");
  });

  it("changes nothing of the response, and hooks run in order", async () => {
    const order: number[] = [];
    const session = sessionWith([
      (response) => {
        order.push(1);
        return { ...response, status: 500 };
      },
      async () => {
        await Promise.resolve();
        order.push(2);
      },
    ]);
    expect((await send(session)).status).toBe(200);
    expect(order).toEqual([1, 2]);
  });

  it("sees responses that are retried, too", async () => {
    const statuses = [503, 200];
    example.api = () => ({
      status: statuses.shift() ?? 200,
      headers: { "retry-after": "0" },
      body: {},
    });
    const seen: number[] = [];
    await send(sessionWith(({ status }) => void seen.push(status)));
    expect(seen).toEqual([503, 200]);
  });

  it("fails the request with what it throws", async () => {
    const thrown = new Error("the hook's own");
    const session = sessionWith(() => {
      throw thrown;
    });
    await expect(send(session)).rejects.toBe(thrown);
    expect(example.apiRequests).toHaveLength(1);
  });
});

it("does not run for a request that withholds the token", async () => {
  const seen: unknown[] = [];
  const session = sessionWith((response) => void seen.push(response));
  await session.get("/x", { withholdToken: true, validateStatus: null });
  expect(seen).toEqual([]);
});

it.each([7, "x", [7], {}])("is refused as %j", (protectedResponse) => {
  expect(() => sessionWith(protectedResponse as never)).toThrow("protectedResponse");
});

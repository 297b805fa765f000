import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type {
  Hook,
  OAuth2Session,
  ProtectedRequestHookValue,
  Token,
  TokenPlacement,
} from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";

let example: ExampleProvider;
let token: Token;

beforeAll(async () => {
  example = await ExampleProvider.start();
  token = example.grant({ accessToken: "at-hooked-0001" });
});
afterEach(() => {
  example.server.requests.length = 0;
  example.api = () => ({ body: {} });
});
afterAll(() => example.close());

function sessionWith(
  protectedRequest: Hook<ProtectedRequestHookValue>,
  tokenPlacement: TokenPlacement = "header",
): OAuth2Session {
  return example.client({ tokenPlacement, hooks: { protectedRequest } }).session(token);
}

/** One request by axios and one by fetch. */
const SHAPES: [string, (session: OAuth2Session, form?: URLSearchParams) => Promise<unknown>][] = [
  ["axios", (session, form) => (form ? session.post("/x?q=1", form) : session.get("/x?q=1"))],
  [
    "fetch",
    (session, form) => session.fetch("/x?q=1", form ? { method: "POST", body: form } : undefined),
  ],
];

describe.each(SHAPES)("a protectedRequest hook, through %s", (shape, send) => {
  it("sees and may change the fields of a form, before the token is placed", async () => {
    let seen: ProtectedRequestHookValue["body"];
    const session = sessionWith((request) => {
      seen = request.body;
      return { ...request, body: { ...request.body, added: "\u00e4 &" } };
    }, "body");
    await send(session, new URLSearchParams("a=1&b=2&b=3"));
    expect(seen).toEqual({ a: "1", b: ["2", "3"] });
    expect(example.apiRequests[0]?.body).toBe(
      "a=1&b=2&b=3&added=%C3%A4+%26&access_token=at-hooked-0001",
    );
    expect(example.apiRequests[0]?.headers["content-type"]).toMatch(
      /^application\/x-www-form-urlencoded/,
    );
  });

  it("and the token may make a form longer than the Content-Length that the caller gave", async () => {
    const headers = { "Content-Type": "application/x-www-form-urlencoded", "Content-Length": "3" };
    const added = sessionWith((request) => ({ ...request, body: { ...request.body, b: "2" } }));
    const inBody = example.client({ tokenPlacement: "body" }).session(token);
    for (const session of [added, inBody]) {
      if (shape === "axios") await session.post("/x", "a=1", { headers });
      else await session.fetch("/x", { method: "POST", body: "a=1", headers });
    }
    expect(example.apiRequests.map(({ body }) => body)).toEqual([
      "a=1&b=2",
      "a=1&access_token=at-hooked-0001",
    ]);
  });

  it("may name another method, in whatever letter case", async () => {
    await send(
      sessionWith((request) => ({ ...request, method: "patch" })),
      new URLSearchParams(),
    );
    const inBody = sessionWith((request) => ({ ...request, method: "get" }), "body");
    await expect(send(inBody, new URLSearchParams())).rejects.toMatchObject({
      code: "TOKEN_INVALID",
    });
    expect(example.apiRequests.map(({ method }) => method)).toEqual(["PATCH"]);
  });

  it("does not change a body that it returns unchanged", async () => {
    await send(
      sessionWith((request) => ({ ...request, headers: { ...request.headers, "x-seen": "1" } })),
      new URLSearchParams("a=1&b=2&a=3"),
    );
    expect(example.apiRequests[0]).toMatchObject({
      body: "a=1&b=2&a=3",
      headers: { "x-seen": "1" },
    });
  });

  it("sees the token's placement, and may change it", async () => {
    let seen: unknown;
    const session = sessionWith(
      (request) => {
        seen = request.placement;
        return { ...request, placement: { in: "query", name: "access_token" } };
      },
      { in: "header", scheme: "OAuth" },
    );
    await send(session);
    expect(seen).toEqual({ in: "header", scheme: "OAuth" });
    expect(example.apiRequests[0]).toMatchObject({
      url: "/api/x?q=1&access_token=at-hooked-0001",
    });
    expect(example.apiRequests[0]?.headers.authorization).toBeUndefined();
  });

  it("may withhold the token", async () => {
    await send(
      sessionWith((request) => ({ ...request, placement: "none" })),
      new URLSearchParams({ access_token: "my-own" }),
    ).catch(() => undefined);
    expect(example.apiRequests.length).toBeGreaterThan(0);
    expect(JSON.stringify(example.apiRequests)).not.toContain("at-hooked-0001");
    expect(example.apiRequests[0]?.body).toBe("access_token=my-own");
  });

  it("is refused when it chooses an unknown placement, and nothing is sent", async () => {
    const session = sessionWith((request) => ({ ...request, placement: "cookie" as never }));
    await expect(send(session)).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      problems: [expect.stringMatching(/^placement must be/)],
    });
    expect(example.apiRequests).toEqual([]);
  });

  it("runs again after a redirect that drops the body", async () => {
    example.api = ({ url }) =>
      url === "/api/x?q=1" ? { status: 303, headers: { location: "/api/next" } } : { body: {} };
    const session = sessionWith((request) => ({
      ...request,
      placement: request.body ? "body" : "query",
    }));
    await send(session, new URLSearchParams("a=1"));
    expect(example.apiRequests.map(({ url, body }) => [url, body])).toEqual([
      ["/api/x?q=1", "a=1&access_token=at-hooked-0001"],
      ["/api/next?access_token=at-hooked-0001", ""],
    ]);
  });
});

it("a hook sees no fields of a body that is not a form", async () => {
  const seen: unknown[] = [];
  const session = sessionWith(({ body }) => void seen.push(body));
  await session.post("/x", { a: 1 });
  await session.fetch("/x", { method: "POST", body: "a=1" });
  await session.fetch("/x", { method: "POST", body: new Uint8Array([97, 61, 49]) });
  await session.get("/x");
  expect(seen).toEqual([undefined, undefined, undefined, undefined]);
  expect(example.apiRequests.map(({ body }) => body)).toEqual(['{"a":1}', "a=1", "a=1", ""]);
});

it("a hook can sign with a scheme of its own, such as MAC, in the token's place", async () => {
  const { server } = example;
  const { answer } = server;
  server.answer = () => ({ body: {} });
  const session = sessionWith((request) => ({
    ...request,
    headers: { ...request.headers, authorization: `MAC id="1", mac="${request.method}"` },
    placement: "none",
  }));
  await session.get("/me");
  await session.fetch("/me", { method: "POST" });
  server.answer = answer;
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
    'MAC id="1", mac="GET"',
    'MAC id="1", mac="POST"',
  ]);
});

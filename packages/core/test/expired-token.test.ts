import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type ExpiredToken,
  type OAuth2Session,
  type ProviderDefinition,
  Token,
} from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import type { Answer } from "./support/loopback-server.ts";
import { turns, until } from "./support/turns.ts";

let example: ExampleProvider;

beforeEach(async () => {
  example = await ExampleProvider.start();
});
afterEach(() => example.close());

/** An API that refuses the first token in its own way, and a session that may refresh it once. */
function session(
  refusal: Answer,
  expiredToken: ExpiredToken | undefined,
  definition: Partial<ProviderDefinition> = {},
): OAuth2Session {
  example.rotate("rt-old");
  const token = example.grant({ accessToken: "at-old-0001", refreshToken: "rt-old" });
  example.api = ({ headers }) =>
    headers.authorization === "Bearer at-old-0001" ? refusal : { body: { hello: "world" } };
  return example
    .client({}, definition)
    .session(token, expiredToken === undefined ? {} : { expiredToken });
}

const faces: readonly [string, (of: OAuth2Session) => Promise<unknown[]>][] = [
  ["get", async (of) => statusAndData(await of.get("/x", { validateStatus: null }))],
  [
    "get of a stream",
    async (of) => {
      const { status, data } = await of.get<AsyncIterable<Buffer>>("/x", {
        responseType: "stream",
        validateStatus: null,
      });
      const chunks: Buffer[] = [];
      for await (const chunk of data) chunks.push(chunk);
      return [status, JSON.parse(Buffer.concat(chunks).toString())];
    },
  ],
  [
    "axios()",
    async (of) => statusAndData(await (await of.axios()).get("/x", { validateStatus: null })),
  ],
  [
    "fetch",
    async (of) => {
      const response = await of.fetch("/x");
      return [response.status, await response.json()];
    },
  ],
];

function statusAndData({ status, data }: { status: number; data: unknown }): unknown[] {
  return [status, data];
}

const WORDS: readonly [string, Answer, ExpiredToken][] = [
  [
    "a 403 with a word",
    { status: 403, body: { error: "token_expired" } },
    { status: 403, error: "token_expired" },
  ],
  [
    "a 200 with an errcode",
    { status: 200, body: { errcode: 42001, errmsg: "access_token expired" } },
    { status: 200, error: 42001 },
  ],
  [
    "a 400 with a number inside its error",
    { status: 400, body: { error: { message: "Session has expired", code: 190 } } },
    { status: 400, error: 190 },
  ],
  [
    "the first of a list of errors",
    { status: 400, body: { errors: [{ code: "AccessTokenExpired" }] } },
    [{ status: 419 }, { status: 400, error: "AccessTokenExpired" }],
  ],
  ["a status alone", { status: 419, body: {} }, { status: 419 }],
  [
    "a word of the challenge",
    { status: 403, headers: { "www-authenticate": 'Bearer error="expired"' }, body: {} },
    { status: 403, error: "expired" },
  ],
  [
    "a 200 with a word",
    { status: 200, body: { ok: false, error: "token_expired" } },
    { status: 200, error: "token_expired" },
  ],
  [
    "what a function says of the body",
    { status: 400, body: { detail: ["expired", "token"] } },
    async (answer) => {
      const { detail } = (await answer.data()) as { detail?: string[] };
      return answer.status === 400 && detail?.includes("expired") === true;
    },
  ],
  [
    "what a function says of a header",
    { status: 403, headers: { "x-reason": "expired" }, body: {} },
    ({ header }) => header("X-Reason") === "expired",
  ],
];

describe.each(faces)("through %s", (_face, send) => {
  it.each(WORDS)("%s refreshes the token and sends the request again", async (_, refusal, word) => {
    expect(await send(session(refusal, word))).toEqual([200, { hello: "world" }]);
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("an answer with another error goes to the caller with an unread body", async () => {
    const refusal = { status: 403, body: { error: "forbidden" } };
    const of = session(refusal, { status: 403, error: "token_expired" });
    expect(await send(of)).toEqual([403, { error: "forbidden" }]);
    expect(example.tokenRequests).toEqual([]);
  });

  it("a body of more than 64 KiB is not searched for the error, and can still be read", async () => {
    const body = { error: "token_expired", padding: "x".repeat(70_000) };
    const of = session({ status: 403, body }, { status: 403, error: "token_expired" });
    expect(await send(of)).toEqual([403, body]);
    expect(example.tokenRequests).toEqual([]);
  });

  it("a 401 refreshes as well as the answers that are named", async () => {
    const of = session({ status: 401, body: {} }, { status: 403, error: "token_expired" });
    expect(await send(of)).toEqual([200, { hello: "world" }]);
  });

  it("a function decides alone: a 401 for which it returns false goes to the caller", async () => {
    const of = session({ status: 401, body: { no: 1 } }, () => false);
    expect(await send(of)).toEqual([401, { no: 1 }]);
    expect(example.tokenRequests).toEqual([]);
  });

  it("what a function throws goes to the caller", async () => {
    const thrown = new Error("mine");
    const of = session({ status: 400, body: {} }, () => {
      throw thrown;
    });
    expect(await rejectionOf(send(of))).toBe(thrown);
  });
});

it("a session's own expiredToken overrides the provider's", async () => {
  const refusal = { status: 403, body: { error: "token_expired" } };
  const definition = { expiredToken: { status: 403, error: "token_expired" } };
  expect((await session(refusal, undefined, definition).get("/x")).status).toBe(200);
  const other = session(refusal, { status: 419 }, definition);
  expect(await rejectionOf(other.get("/x"))).toMatchObject({ status: 403 });
});

it.each([
  [{}],
  [{ status: "403" }],
  [{ status: 403, error: "" }],
  [{ status: 403, word: "x" }],
  [1],
])("%j is refused, by the session and by the provider", (expiredToken) => {
  const problem = "expiredToken must be { status, error }, an array of them, or a function";
  const given = { expiredToken } as never;
  const token = example.grant({ accessToken: "at-old-0001" });
  expect(() => example.client().session(token, given)).toThrow(problem);
  expect(() => example.client({}, given)).toThrow(problem);
});

describe.each(faces.filter(([face]) => face.includes("stream") || face === "fetch"))(
  "while the error word is read, through %s",
  (_face, send) => {
    it("the deadline ends the request with TIMEOUT", async () => {
      const clock = new FakeClock();
      example.api = (_request, response) => {
        response.writeHead(403, { "content-length": "100" }).write("{");
        return "hang";
      };
      const token = example.grant({ accessToken: "at-old-0001", refreshToken: "rt-old" });
      const expiredToken = { status: 403, error: "token_expired" };
      const error = rejectionOf(send(example.client({ clock }).session(token, { expiredToken })));
      await until(() => example.apiRequests.length > 0);
      await turns();
      clock.advance(30_000);
      expect(await error).toMatchObject({ name: "OAuthError", code: "TIMEOUT" });
    });
  },
);

it("a refused response that is longer than 64 KiB is let go before the request is sent again", async () => {
  let isClosed = false;
  example.rotate("rt-old");
  const token = example.grant({ accessToken: "at-old-0001", refreshToken: "rt-old" });
  example.api = ({ headers }, response) => {
    if (headers.authorization !== "Bearer at-old-0001") return { body: {} };
    response.on("close", () => (isClosed = true));
    response.writeHead(403).write("x".repeat(200_000));
    return "hang";
  };
  const expiredToken: ExpiredToken = async ({ status, data }) => {
    await data();
    return status === 403;
  };
  const of = example.client().session(token, { expiredToken });
  expect((await of.get("/x", { responseType: "stream" })).status).toBe(200);
  await until(() => isClosed);
});

it("the error word is read where there is no Buffer, as in a browser", async () => {
  const responses = [
    Response.json({ error: "token_expired" }, { status: 403 }),
    Response.json({ hello: "world" }),
  ];
  const fetch = async (): Promise<Response> => responses.shift() as Response;
  const of = example.client({ fetch }).session(Token.from({ accessToken: "at-old-0001" }), {
    expiredToken: { status: 403, error: "token_expired" },
    renew: async () => Token.from({ accessToken: "at-new-0001" }),
  });
  const { Buffer } = globalThis;
  Object.assign(globalThis, { Buffer: undefined });
  try {
    expect(await (await of.fetch("/x")).json()).toEqual({ hello: "world" });
  } finally {
    Object.assign(globalThis, { Buffer });
  }
});

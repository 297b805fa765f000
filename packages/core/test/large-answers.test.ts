import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createBrotliCompress, createDeflate, createGzip, gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { OAuth2ClientOptions, OAuth2Session } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { until } from "./support/turns.ts";

const MEBIBYTE = 1024 * 1024;

let example: ExampleProvider;
let clock: FakeClock;

beforeAll(async () => {
  example = await ExampleProvider.start();
});
beforeEach(() => {
  clock = new FakeClock();
  example.server.requests.length = 0;
});
afterAll(() => example.close());

function session(options: Partial<OAuth2ClientOptions> = {}): OAuth2Session {
  return example
    .client({ clock, retries: false, ...options })
    .session(example.grant({ accessToken: "at-good" }));
}

/** Read the whole body of a response, as text. */
const readers = {
  "axios over http": (init: object = {}) => axiosText("http", init),
  "axios over fetch": (init: object = {}) => axiosText("fetch", init),
  fetch: async (init: object = {}) => (await session().fetch("/x", init)).text(),
};

async function axiosText(adapter: "http" | "fetch", init: object): Promise<string> {
  const of = session({ http: { adapter } });
  const { data } = await of.get<string>("/x", { responseType: "text", ...init });
  return data;
}

/** Has the API send blanks until the client stops reading; returns a function that says how many mebibytes it took. */
function sendBlanks(mebibytes: number, encoding?: keyof typeof encoders): () => number {
  const part = Buffer.alloc(MEBIBYTE, 0x20);
  let taken = 0;
  function* blanks(): Generator<Buffer> {
    for (; taken < mebibytes; taken += 1) yield part;
  }
  example.api = (_request, response) => {
    response.writeHead(200, { ...(encoding && { "content-encoding": encoding }) });
    const through = encoding ? encoders[encoding]() : new PassThrough();
    void pipeline(Readable.from(blanks()), through, response).catch(() => undefined);
    return "hang";
  };
  return () => taken;
}
const encoders = {
  gzip: createGzip,
  deflate: createDeflate,
  br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
};

describe.each(Object.entries(readers))(
  "the body of a response, read through %s,",
  (_name, read) => {
    it("is refused beyond 10 MiB, and the rest of its 200 MiB is not read", async () => {
      const taken = sendBlanks(200);
      expect(await rejectionOf(read())).toMatchObject({ code: "RESPONSE_TOO_LARGE" });
      // More than 10 because two sockets and a stream have buffers.
      expect(taken()).toBeLessThan(40);
    });

    it.each(["gzip", "deflate", "br"] as const)(
      "is refused when it unpacks to more than 10 MiB: %s",
      async (encoding) => {
        sendBlanks(200, encoding);
        const before = process.memoryUsage().rss;
        expect(await rejectionOf(read())).toMatchObject({ code: "RESPONSE_TOO_LARGE" });
        expect(process.memoryUsage().rss - before).toBeLessThan(100 * MEBIBYTE);
      },
    );

    it("is refused when it unpacks to more than 10 MiB, though content-length says less", async () => {
      const body = gzipSync(Buffer.alloc(11 * MEBIBYTE, 0x20));
      const length = String(body.length);
      example.api = () => ({
        body,
        headers: { "content-encoding": "gzip", "content-length": length },
      });
      expect(await rejectionOf(read())).toMatchObject({ code: "RESPONSE_TOO_LARGE" });
    });

    it("may be as large as maxContentLength says, and no larger", async () => {
      example.api = () => ({ body: "x".repeat(100) });
      expect(await rejectionOf(read({ maxContentLength: 99 }))).toMatchObject({
        code: "RESPONSE_TOO_LARGE",
      });
      expect(await read({ maxContentLength: 100 })).toHaveLength(100);
      sendBlanks(12);
      expect(await read({ maxContentLength: 12 * MEBIBYTE })).toHaveLength(12 * MEBIBYTE);
    });
  },
);

describe("the response of session.fetch, whose body is limited", () => {
  it("keeps status, headers, URL and clone() of the original", async () => {
    example.api = (_request, response) => {
      response.writeHead(201, "Made", { "set-cookie": ["a=1", "b=2"], "x-y": "z" });
      response.end("chunked");
      return "hang";
    };
    const response = await session().fetch("/x");
    expect(response).toBeInstanceOf(Response);
    expect(response).toMatchObject({ status: 201, statusText: "Made", redirected: false });
    expect(response.url).toBe(`${example.origin}/api/x`);
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    const copy = response.clone().clone();
    expect(copy).toMatchObject({ url: response.url, type: response.type });
    expect(await copy.text()).toBe("chunked");
    expect(await response.text()).toBe("chunked");
  });

  it("has a null body for status 204", async () => {
    example.api = () => ({ status: 204 });
    expect((await session().fetch("/x")).body).toBeNull();
  });

  it("closes the connection when the caller cancels the body", async () => {
    let closed = false;
    example.api = (_request, response) => {
      response.on("close", () => (closed = true));
      response.writeHead(200).write("first");
      return "hang";
    };
    await (await session().fetch("/x")).body?.cancel();
    await until(() => closed);
  });

  it.each([-1, Number.NaN, "10", null])(
    "refuses a maxContentLength of %j before anything is sent",
    async (maxContentLength) => {
      expect(
        await rejectionOf(session().fetch("/x", { maxContentLength: maxContentLength as never })),
      ).toMatchObject({ code: "CONFIGURATION_INVALID" });
      expect(example.apiRequests).toHaveLength(0);
      expect(clock.pending).toBe(0);
    },
  );
});

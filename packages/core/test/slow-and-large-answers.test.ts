import { getEventListeners } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createBrotliCompress, createDeflate, createGzip, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { OAuth2ClientOptions, OAuth2Session } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { turns, until } from "./support/turns.ts";

const MEBIBYTE = 1024 * 1024;
const API_TIMEOUT = 30_000;

let example: ExampleProvider;
let clock: FakeClock;

beforeEach(async () => {
  example = await ExampleProvider.start();
  clock = new FakeClock();
});
afterEach(() => example.close());

function session(options: Partial<OAuth2ClientOptions> = {}): OAuth2Session {
  return example
    .client({ clock, retries: false, ...options })
    .session(example.grant({ accessToken: "at-good" }));
}

/** The whole answer, as text. */
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

/** Sends blanks until somebody stops reading; gives how many mebibytes were taken. */
function sendBlanks(mebibytes: number, encoder?: () => NodeJS.ReadWriteStream): () => number {
  const part = Buffer.alloc(MEBIBYTE, 0x20);
  let taken = 0;
  function* blanks(): Generator<Buffer> {
    for (; taken < mebibytes; taken += 1) yield part;
  }
  example.api = (_request, response) => {
    response.writeHead(200, { ...(encoder && { "content-encoding": encodings.get(encoder) }) });
    const through = encoder?.() ?? new PassThrough();
    void pipeline(Readable.from(blanks()), through, response).catch(() => undefined);
    return "hang";
  };
  return () => taken;
}
const encodings = new Map<() => NodeJS.ReadWriteStream, string>([
  [createGzip, "gzip"],
  [createDeflate, "deflate"],
  [createBrotliCompress, "br"],
]);

describe.each(Object.entries(readers))("row 107: a large answer, through %s,", (_name, read) => {
  it("is given up at 10 MiB, and the rest of 200 is not read", async () => {
    const taken = sendBlanks(200);
    expect(await rejectionOf(read())).toMatchObject({ code: "RESPONSE_TOO_LARGE" });
    // What lies between: the buffers of two sockets and of the stream.
    expect(taken()).toBeLessThan(40);
  });

  it.each([createGzip, createDeflate, createBrotliCompress])(
    "is measured as it unpacks: %p",
    async (encoder) => {
      sendBlanks(200, encoder);
      const before = process.memoryUsage().rss;
      expect(await rejectionOf(read())).toMatchObject({ code: "RESPONSE_TOO_LARGE" });
      expect(process.memoryUsage().rss - before).toBeLessThan(100 * MEBIBYTE);
    },
  );

  it("is measured as it unpacks, though its packed length is told first", async () => {
    const body = gzipSync(Buffer.alloc(11 * MEBIBYTE, 0x20));
    const length = String(body.length);
    example.api = () => ({
      body,
      headers: { "content-encoding": "gzip", "content-length": length },
    });
    expect(await rejectionOf(read())).toMatchObject({ code: "RESPONSE_TOO_LARGE" });
  });

  it("may be as large as the request says, and no larger", async () => {
    example.api = () => ({ body: "x".repeat(100) });
    expect(await rejectionOf(read({ maxContentLength: 99 }))).toMatchObject({
      code: "RESPONSE_TOO_LARGE",
    });
    expect(await read({ maxContentLength: 100 })).toHaveLength(100);
    sendBlanks(12);
    expect(await read({ maxContentLength: 12 * MEBIBYTE })).toHaveLength(12 * MEBIBYTE);
  });
});

describe("a response of fetch whose body is measured", () => {
  it("is otherwise what it was", async () => {
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

  it("has no body where there is none", async () => {
    example.api = () => ({ status: 204 });
    expect((await session().fetch("/x")).body).toBeNull();
  });

  it("lets go of the connection when the caller does", async () => {
    let closed = false;
    example.api = (_request, response) => {
      response.on("close", () => (closed = true));
      response.writeHead(200).write("first");
      return "hang";
    };
    await (await session().fetch("/x")).body?.cancel();
    await until(() => closed);
  });

  it.each([-1, Number.NaN, "10", null])("cannot be limited to %j", async (maxContentLength) => {
    expect(
      await rejectionOf(session().fetch("/x", { maxContentLength: maxContentLength as never })),
    ).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(example.apiRequests).toHaveLength(0);
    expect(clock.pending).toBe(0);
  });
});

describe("row 106: an API that hangs", () => {
  let listener: Server;
  let sockets: Socket[];
  let ended: Socket[];

  beforeEach(async () => {
    sockets = [];
    const closed: Socket[] = [];
    ended = closed;
    listener = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => closed.push(socket));
      socket.resume();
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => listener.close(resolve));
  });

  const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n";
  const stages: [string, string, string][] = [
    ["in the TLS handshake", "https", ""],
    ["before its status line", "http", ""],
    ["within its headers", "http", HEAD],
    ["before its body", "http", `${HEAD}content-length: 100\r\n\r\n`],
    ["within its body", "http", `${HEAD}content-length: 100\r\n\r\nhalf`],
    ["within a chunk", "http", `${HEAD}transfer-encoding: chunked\r\n\r\nff\r\nhalf`],
  ];
  const shapes = ["get", "stream", "fetch"] as const;
  it.each(stages.flatMap((stage) => shapes.map((shape) => [...stage, shape] as const)))(
    "%s (%s, %j) is given up after 30 seconds, and its socket closed (%s)",
    async (_name, scheme, sent, shape) => {
      const { port } = listener.address() as AddressInfo;
      const client = example.client(
        { clock, retries: false },
        { api: { baseUrl: `${scheme}://127.0.0.1:${port}` } },
      );
      const of = client.session({ accessToken: "at-good" });
      let settled = false;
      const whole: Promise<unknown> =
        shape === "fetch"
          ? of.fetch("/x").then((response) => response.text())
          : of
              .get<unknown>("/x", { ...(shape === "stream" && { responseType: "stream" }) })
              .then(({ data }) => (shape === "stream" ? endOf(data as Readable) : data));
      const failing = rejectionOf(whole).finally(() => (settled = true));
      await until(() => sockets.length === 1);
      const [socket] = sockets as [Socket];
      await new Promise((resolve) => socket.once("data", resolve));
      if (sent) await new Promise((resolve) => socket.write(sent, resolve));
      await turns();
      clock.advance(API_TIMEOUT - 1);
      await turns();
      expect([settled, ended]).toEqual([false, []]);
      clock.advance(1);
      expect(await failing).toMatchObject(
        // The body is read by fetch's caller: the platform's own error comes out of it.
        shape === "fetch" && sent.includes("\r\n\r\n")
          ? { name: "TimeoutError" }
          : { code: "TIMEOUT" },
      );
      expect(clock.pending).toBe(0);
      // The platform's fetch lets a handshake go on until its own limit for that, whatever becomes of the request.
      if (shape !== "fetch" || scheme === "http") await until(() => ended.length === 1);
    },
  );
});

async function endOf(data: Readable): Promise<string> {
  let text = "";
  for await (const part of data) text += String(part);
  return text;
}

describe("row 108: user info", () => {
  it.each([34, 2_000_000])("that is nested %d levels deep is refused", async (levels) => {
    const body = `{"sub":"1","a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
    example.api = () => ({ body, headers: { "content-type": "application/json" } });
    for (const call of [() => session().userInfo(), () => session().profile()]) {
      expect(await rejectionOf(call())).toMatchObject({ code: "USER_INFO_INVALID" });
    }
  });

  it("that is nested less deeply, or names a prototype, is what it says", async () => {
    const body = '{"id":"1","__proto__":{"admin":true},"a":[[[1]]]}';
    example.api = () => ({ body, headers: { "content-type": "application/json" } });
    const info = await session().userInfo();
    expect(info).toMatchObject({ id: "1", a: [[[1]]] });
    expect(info["admin"]).toBeUndefined();
    expect((await session().profile()).raw["admin"]).toBeUndefined();
  });
});

describe("row 111: after thousands of failed calls", () => {
  it.each(["get", "fetch"] as const)("%s has left no timer and no listener", async (method) => {
    const { signal } = new AbortController();
    const of = session();
    const fail = async (): Promise<void> => {
      const work = of[method]("/x", { signal });
      const response = await work.catch(() => undefined);
      if (response instanceof Response) await response.text();
    };
    for (const answer of [{ status: 500 }, "cut", { status: 403 }] as const) {
      example.api = () => answer;
      for (let done = 0; done < 1000; done += 50) {
        await Promise.all(Array.from({ length: 50 }, fail));
      }
    }
    expect(example.apiRequests).toHaveLength(3000);
    expect(getEventListeners(signal, "abort")).toEqual([]);
    // fetch's time limits go on while the caller may read a body; a thousand calls had none.
    expect(clock.pending).toBeLessThanOrEqual(method === "get" ? 0 : 2000);
    clock.advance(API_TIMEOUT);
    expect(clock.pending).toBe(0);
  });
});

import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { turns, until } from "./support/turns.ts";

const API_TIMEOUT = 30_000;

let example: ExampleProvider;
let clock: FakeClock;

beforeAll(async () => {
  example = await ExampleProvider.start();
});
beforeEach(() => {
  clock = new FakeClock();
});
afterAll(() => example.close());

describe("an API that stops answering", () => {
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
    "%s (%s, %j) fails the request after 30 seconds, and the socket is closed (%s)",
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
        // The caller of fetch reads the body, and gets the platform's own error.
        shape === "fetch" && sent.includes("\r\n\r\n")
          ? { name: "TimeoutError" }
          : { code: "TIMEOUT" },
      );
      expect(clock.pending).toBe(0);
      // The platform's fetch ends a handshake by its own time limit alone, even when the request has been aborted.
      if (shape !== "fetch" || scheme === "http") await until(() => ended.length === 1);
    },
  );
});

async function endOf(data: Readable): Promise<string> {
  let text = "";
  for await (const part of data) text += String(part);
  return text;
}

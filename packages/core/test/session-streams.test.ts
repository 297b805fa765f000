import type { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import axios, { type AxiosResponse, type InternalAxiosRequestConfig } from "axios";
import { CANARY, expectNoCanary } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { turns } from "./support/turns.ts";

let example: ExampleProvider;
beforeAll(async () => {
  example = await ExampleProvider.start();
});
afterAll(() => example.close());

const stored = { accessToken: CANARY.accessToken, refreshToken: "rt-old" };
const endOf = (data: Readable): Promise<unknown> =>
  new Promise((resolve) => {
    data.on("error", resolve);
    data.on("end", () => resolve("end"));
    data.resume();
  });

describe.each(["http", "fetch"] as const)("an answer that is read as a stream (%s)", (adapter) => {
  const open = async (
    config: object = {},
    clock = new FakeClock(),
  ): Promise<AxiosResponse<Readable>> => {
    const client = example.client({ http: { adapter }, clock });
    const session = client.session(example.grant(stored));
    const response = await session.get<Readable>("/x", { responseType: "stream", ...config });
    if (adapter === "http") return response;
    const { Readable: readable } = await import("node:stream");
    return { ...response, data: readable.fromWeb(response.data as never) };
  };

  it("arrives completely", async () => {
    example.api = () => ({ body: "x".repeat(2000) });
    let text = "";
    for await (const part of (await open()).data) text += String(part);
    expect(text).toBe("x".repeat(2000));
  });

  it("and is larger than allowed fails with an error that holds no token", async () => {
    example.api = () => ({ body: "x".repeat(2000) });
    const error = await endOf((await open({ maxContentLength: 100 })).data);
    expect(error).toMatchObject({ code: "RESPONSE_TOO_LARGE" });
    expectNoCanary(error);
  });

  const half = (
    _request: unknown,
    response: { writeHead(s: number): void; write(t: string): void },
  ) => {
    response.writeHead(200);
    response.write("half");
    return undefined;
  };

  it("ends when the caller aborts, with an error that holds no token", async () => {
    example.api = half;
    const controller = new AbortController();
    const { data } = await open({ signal: controller.signal });
    const ended = endOf(data);
    controller.abort();
    const error = await ended;
    expect(error).toMatchObject({ code: "ERR_CANCELED" });
    expectNoCanary(error);
    expect(data.destroyed).toBe(true);
  });

  it("ends at the deadline", async () => {
    example.api = half;
    const clock = new FakeClock();
    const { data } = await open({ timeout: 200 }, clock);
    const ended = endOf(data);
    clock.advance(200);
    const error = await ended;
    expect(error).toMatchObject({ code: "TIMEOUT" });
    expectNoCanary(error);
  });
});

describe("an answer that is requested as a stream, and not read,", () => {
  const large = (
    _request: unknown,
    response: { writeHead(s: number): void; write(t: string): void },
  ) => {
    response.writeHead(500);
    response.write("x".repeat(200_000));
    return undefined;
  };

  it.each(["its deadline", "the caller"])(
    "is closed by %s, and no other answer is",
    async (end) => {
      example.api = large;
      const clock = new FakeClock();
      const controller = new AbortController();
      const { data } = await example
        .client({ clock })
        .session(example.grant(stored))
        .get<Readable>("/x", {
          responseType: "stream",
          validateStatus: null,
          signal: controller.signal,
        });
      // An error without a listener would end the process, and so this test.
      if (end === "its deadline") clock.advance(30_000);
      else controller.abort();
      await turns();
      expect(data.destroyed).toBe(true);
      expect(clock.pending).toBe(0);
      // A late reader still gets the error.
      await expect(data.toArray()).rejects.toMatchObject({
        code: end === "its deadline" ? "TIMEOUT" : "ERR_CANCELED",
      });
    },
  );
});

describe("a 401 that is read as a stream", () => {
  it("is closed before the request is repeated", async () => {
    const streams: Readable[] = [];
    const remembering = async (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => {
      const response = await axios.getAdapter("http")(config);
      if (config.responseType === "stream") streams.push(response.data as Readable);
      return response;
    };
    example.rotate("rt-old");
    example.api = () => ({ body: {} });
    const session = example
      .client({ http: { adapter: remembering } })
      .session(example.grant(stored));
    example.accepted.clear();
    const { data } = await session.get<Readable>("/x", { responseType: "stream" });
    await endOf(data);
    expect(streams).toHaveLength(2);
    expect(streams[0]?.destroyed).toBe(true);
  });
});

import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { OAuth2Session } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { type Answer, LoopbackServer } from "./support/loopback-server.ts";

let example: ExampleProvider;
let elsewhere: LoopbackServer;

beforeEach(async () => {
  example = await ExampleProvider.start();
  elsewhere = await LoopbackServer.start(() => ({ status: 401 }));
});
afterEach(async () => {
  await example.close();
  await elsewhere.close();
});

interface Sent {
  readonly method: "GET" | "POST";
  readonly body?: URLSearchParams | ReadableStream;
}

const senders: readonly [string, (session: OAuth2Session, sent: Sent) => Promise<unknown>][] = [
  [
    "axios",
    (session, { method, body }) => {
      const data = body instanceof URLSearchParams || !body ? body : Readable.fromWeb(body);
      return session.request({
        url: "/orders",
        method,
        ...(data && { data }),
        validateStatus: null,
      });
    },
  ],
  [
    "fetch",
    (session, { method, body }) =>
      session.fetch("/orders", { method, ...(body && { body, duplex: "half" }) }),
  ],
];

/** Answers each path in its own way; a path without an answer accepts only the newest token. */
function answers(paths: Readonly<Record<string, Answer>>): void {
  const { answer } = example.server;
  example.server.answer = (request, response) =>
    paths[request.url] ?? answer.call(example.server, request, response);
}

const session = (): OAuth2Session => {
  example.rotate("rt-old");
  const token = example.grant({ accessToken: "at-old", refreshToken: "rt-old" });
  example.accepted.clear();
  return example.client().session(token);
};
const form = () => new URLSearchParams("item=1");
const sent = () =>
  example.server.requests.map(({ method, url, body, headers: { authorization } }) =>
    [method, url, url === "/token" ? "" : body, authorization ?? ""].join(" ").trim(),
  );

describe.each(senders)("a 401 after a redirect, through %s", (_, send) => {
  it("repeats the refused request, and not the POST that was answered with the redirect", async () => {
    answers({ "/api/orders": { status: 303, headers: { location: "/api/orders/1" } } });
    expect(await send(session(), { method: "POST", body: form() })).toMatchObject({ status: 200 });
    expect(sent()).toEqual([
      "POST /api/orders item=1 Bearer at-old",
      "GET /api/orders/1  Bearer at-old",
      "POST /token",
      "GET /api/orders/1  Bearer at-rotated-1",
    ]);
  });

  it("repeats it with its body where the redirect kept the body", async () => {
    answers({ "/api/orders": { status: 307, headers: { location: "/api/v2/orders" } } });
    expect(await send(session(), { method: "POST", body: form() })).toMatchObject({ status: 200 });
    expect(sent()).toEqual([
      "POST /api/orders item=1 Bearer at-old",
      "POST /api/v2/orders item=1 Bearer at-old",
      "POST /token",
      "POST /api/v2/orders item=1 Bearer at-rotated-1",
    ]);
  });

  it("repeats it after a POST whose body was a stream", async () => {
    answers({ "/api/orders": { status: 303, headers: { location: "/api/orders/1" } } });
    const body = new Blob(["item=1"]).stream();
    expect(await send(session(), { method: "POST", body })).toMatchObject({ status: 200 });
    expect(example.apiRequests.map(({ method }) => method)).toEqual(["POST", "GET", "GET"]);
  });

  it("uses the new token for the following redirects", async () => {
    answers({
      "/api/orders": { status: 302, headers: { location: "/api/next" } },
    });
    example.api = ({ url }) =>
      url === "/api/next" ? { status: 302, headers: { location: "/api/last" } } : { body: {} };
    expect(await send(session(), { method: "GET" })).toMatchObject({ status: 200 });
    expect(sent()).toEqual([
      "GET /api/orders  Bearer at-old",
      "GET /api/next  Bearer at-old",
      "POST /token",
      "GET /api/next  Bearer at-rotated-1",
      "GET /api/last  Bearer at-rotated-1",
    ]);
  });

  it("does not refresh when it comes from another origin, which did not get the token", async () => {
    const location = `${elsewhere.origin}/orders/1`;
    answers({ "/api/orders": { status: 303, headers: { location } } });
    expect(await send(session(), { method: "POST", body: form() })).toMatchObject({ status: 401 });
    expect(sent()).toEqual(["POST /api/orders item=1 Bearer at-old"]);
    expect(elsewhere.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });
});

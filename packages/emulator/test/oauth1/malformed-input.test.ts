import { request } from "node:http";
import { expect, it } from "@jest/globals";
import { startOAuth1 } from "../../src/index.ts";
import type { OAuth1Emulator } from "../../src/index.ts";
import { signed } from "../support/oauth1-consumer.ts";
import { registered, signedIn } from "../support/oauth1-dance.ts";
import { closedAfterEach } from "../support/running.ts";

const running = closedAfterEach();

/** Numbers from 0 to below `limit`, the same ones in each run (mulberry32). */
function seeded(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

interface Raw {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

const exchange = (
  { origin }: OAuth1Emulator,
  { method, path, headers, body }: Raw,
): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const sent = request({ hostname, port, method, path, headers, agent: false }, (reply) => {
      reply.resume();
      reply.once("end", () => resolve(reply.statusCode ?? 0));
    });
    sent.once("error", reject);
    sent.end(body);
  });

const PIECES = [
  "oauth_token=",
  "oauth_nonce",
  "&",
  "=",
  "%",
  "%zz",
  "%00",
  "%C3%28",
  "+",
  ";",
  "?",
  "/",
  "[]",
  "oauth_callback=oob",
  "__proto__=1",
  "x_auth_mode=client_auth",
  "oauth_session_handle=",
  '"',
  ",",
  'oauth_signature_method="PLAINTEXT"',
  'oauth_timestamp="99999999999999999999"',
  "é",
  "\\",
  " ",
];
const PATHS = [
  "/oauth/request_token",
  "/oauth/access_token",
  "/oauth/authorize",
  "/api/me",
  "/api/echo/x",
  "/api/items",
  "/api/redirect",
  "/emulator/try",
  "/emulator/decision",
  "//",
  "/api//me",
];
const TYPES = [
  "application/x-www-form-urlencoded",
  "application/json",
  "multipart/form-data",
  "é",
  "",
];

it("answers any request with a status below 500", async () => {
  const emulator = await running(startOAuth1({ renewal: true, xAuth: true }));
  const pick = seeded(5849);
  const one = <T>(list: readonly T[]): T => list[pick(list.length)] as T;
  const some = (): string => Array.from({ length: pick(8) }, () => one(PIECES)).join("");
  // Node's own client refuses to send these.
  const line = (text: string): string => text.replaceAll(/[^\x21-\x7e]/g, "%E9");
  for (let round = 0; round < 1500; round += 1) {
    const method = one(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]);
    const body = Buffer.from(method === "GET" || method === "HEAD" ? "" : some(), "latin1");
    const raw: Raw = {
      method,
      path: line(`${one(PATHS)}?${some()}`),
      headers: {
        "content-type": one(TYPES),
        "content-length": String(body.length),
        ...(pick(2) === 0 ? {} : { authorization: `OAuth ${some()}` }),
      },
      body,
    };
    expect([raw, (await exchange(emulator, raw)) < 500]).toEqual([raw, true]);
  }
});

it("answers a signed request that was broken in one place with a status below 500", async () => {
  const emulator = await running(startOAuth1());
  const pick = seeded(2550);
  const user = await signedIn(emulator);
  for (let round = 0; round < 500; round += 1) {
    const signer = round % 2 === 0 ? user : registered(emulator);
    const path = PATHS[pick(PATHS.length)] ?? "";
    const { init } = signed(
      { ...signer, oauth: { oauth_callback: "oob" } },
      { url: emulator.origin + path },
    );
    const header = init.headers["authorization"] ?? "";
    const at = pick(header.length);
    const piece = PIECES[pick(PIECES.length)] ?? "";
    const authorization = header.slice(0, at) + piece + header.slice(at + pick(4));
    const raw = { method: "GET", path, headers: { authorization }, body: Buffer.alloc(0) };
    expect([raw, (await exchange(emulator, raw)) < 500]).toEqual([raw, true]);
  }
});

it("computes the signature from the received bytes, even if they are not UTF-8", async () => {
  const emulator = await running(startOAuth1());
  const { api } = emulator.endpoints;
  // "%E9" is é in Latin-1 and nothing in UTF-8: the signature is about the byte.
  const path = "/api/echo?a=%E9&b=%zz&c";
  const wrong = signed(
    { ...registered(emulator), nonce: "n", timestamp: Math.floor(Date.now() / 1000) },
    { url: `${api}/echo` },
  );
  const headers = { authorization: wrong.init.headers["authorization"] ?? "" };
  expect(await exchange(emulator, { method: "GET", path, headers, body: Buffer.alloc(0) })).toBe(
    401,
  );
  expect(emulator.requests.at(-1)?.signatureBaseString).toMatch(
    /^GET&http%3A%2F%2F127\.0\.0\.1%3A\d+%2Fapi%2Fecho&a%3D%25E9%26b%3D%2525zz%26c%3D%26oauth_/,
  );
});

it.each([
  ["LocalHost:PORT", "/api/echo", "http://localhost:PORT/api/echo"],
  ["localhost:80", "/api/echo", "http://localhost/api/echo"],
  ["[::1]:8080", "/api/echo", "http://[::1]:8080/api/echo"],
  ["localhost", "/api/echo/a%2fb;c=d/%C3%A9", "http://localhost/api/echo/a%2fb;c=d/%C3%A9"],
  ["localhost", "http://LOCALHOST.:80/api/echo?q", "http://localhost./api/echo"],
])("signs for Host %s and %s the URI %s", async (host, path, uri) => {
  const emulator = await running(startOAuth1());
  const port = new URL(emulator.origin).port;
  const signer = { ...registered(emulator), oauth: { oauth_signature: "wrong" } };
  const { init } = signed(signer, { url: `${emulator.origin}/api/echo` });
  const headers = {
    host: host.replace("PORT", port),
    authorization: init.headers["authorization"] ?? "",
  };
  const raw = { method: "GET", path, headers, body: Buffer.alloc(0) };
  expect(await exchange(emulator, raw)).toBe(401);
  expect(emulator.requests.at(-1)?.signatureBaseString?.split("&")[1]).toBe(
    encodeURIComponent(uri.replace("PORT", port)),
  );
});

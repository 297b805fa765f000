import { expect, it } from "@jest/globals";
import { startOAuth1 } from "../../src/index.ts";
import { bodyHash, send } from "../support/oauth1-consumer.ts";
import { refusal, registered, signedIn } from "../support/oauth1-dance.ts";
import { closedAfterEach } from "../support/running.ts";
import { json } from "../support/wire.ts";

const running = closedAfterEach();

const BYTES = Uint8Array.from({ length: 256 }, (_, index) => 255 - index);

it.each([
  ["HMAC-SHA1", "sha1"],
  ["HMAC-SHA256", "sha256"],
  ["HMAC-SHA512", "sha512"],
  ["PLAINTEXT", "sha1"],
] as const)("checks the body's hash by %s with %s", async (method, digest) => {
  const emulator = await running(startOAuth1());
  const user = { ...(await signedIn(emulator)), method };
  const url = `${emulator.endpoints.api}/echo`;
  const call = (body: Uint8Array<ArrayBuffer>, hash: string): Promise<Response> =>
    send({ ...user, oauth: { oauth_body_hash: hash } }, { url, body });
  const right = await json(call(BYTES, bodyHash(BYTES, digest)));
  expect(right).toMatchObject({ bodyBytes: 256, bodyHashChecked: true });
  const wrong = await call(BYTES, bodyHash(BYTES.slice(1), digest));
  expect(await refusal(wrong)).toEqual([401, "parameter_rejected"]);
});

it("accepts body hashes with a fixed digest for all methods if the switch says so", async () => {
  const emulator = await running(startOAuth1({ bodyHash: "sha1", requireBodyHash: true }));
  const user = { ...(await signedIn(emulator)), method: "HMAC-SHA256" };
  const sent = {
    url: `${emulator.endpoints.api}/echo`,
    verb: "PUT",
    body: '{"é":[1]}',
    headers: { "content-type": "application/vnd.api+json" },
  };
  const hashed = { ...user, oauth: { oauth_body_hash: bodyHash(sent.body) } };
  expect(await json(send(hashed, sent))).toMatchObject({ method: "PUT", json: { é: [1] } });
  const other = { ...user, oauth: { oauth_body_hash: bodyHash(sent.body, "sha256") } };
  expect((await send(other, sent)).status).toBe(401);
  expect(await refusal(send(user, sent))).toEqual([400, "parameter_absent"]);
  expect((await send(user, { url: sent.url })).status).toBe(200);
});

it("rejects a body hash of a form, whose fields are signed", async () => {
  const emulator = await running(startOAuth1());
  const user = { ...(await signedIn(emulator)), oauth: { oauth_body_hash: bodyHash("a=1") } };
  const sent = { url: `${emulator.endpoints.api}/echo`, form: [["a", "1"]] } as const;
  expect(await refusal(send(user, sent))).toEqual([400, "parameter_rejected"]);
});

it("allows two-legged calls to the echo, and to nothing else", async () => {
  const emulator = await running(startOAuth1());
  const { api } = emulator.endpoints;
  for (const oauth of [{}, { oauth_token: "" }]) {
    const signer = { ...registered(emulator), oauth };
    expect(await json(send(signer, { url: `${api}/echo` }))).toMatchObject({
      consumer: emulator.clientId,
      user: null,
    });
    expect(await refusal(send(signer, { url: `${api}/me` }))).toEqual([400, "parameter_absent"]);
  }
});

it("lists items by query, part by part", async () => {
  const emulator = await running(startOAuth1());
  const user = await signedIn(emulator);
  const list = (query: string): Promise<unknown> =>
    json(send(user, { url: `${emulator.endpoints.api}/items${query}` }));
  expect(await list("")).toMatchObject({ total: 5 });
  expect(await list("?limit=2&offset=1")).toEqual({
    total: 5,
    items: [
      { id: 2, title: "Note G" },
      { id: 3, title: "Café & crêpes" },
    ],
  });
  const hundred = [{ id: 4, title: "100 % of it" }];
  expect(await list("?q=100+%25")).toEqual({ total: 1, items: hundred });
});

it("redirects to the requested URL with the requested status", async () => {
  const emulator = await running(startOAuth1());
  const user = await signedIn(emulator);
  const go = (query: string): Promise<Response> =>
    send(user, { url: `${emulator.endpoints.api}/redirect${query}`, verb: "POST" });
  const seen = async (query: string): Promise<unknown[]> => {
    const reply = await go(query);
    return [reply.status, reply.headers.get("location")];
  };
  expect(await seen("")).toEqual([302, "/api/me"]);
  expect(await seen("?status=307&to=https%3A%2F%2Felsewhere.example%2Fx%3Fy")).toEqual([
    307,
    "https://elsewhere.example/x?y",
  ]);
  expect(await refusal(go("?status=200"))).toEqual([400, "parameter_rejected"]);
  expect(await refusal(go("?to=%0d%0aX-Evil:1"))).toEqual([400, "parameter_rejected"]);
});

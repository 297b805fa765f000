import { request } from "node:http";
import { expect, it } from "@jest/globals";
import { startOAuth1 } from "../../src/index.ts";
import type { OAuth1Emulator } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { fields, send, signed } from "../support/oauth1-consumer.ts";
import type { Signer } from "../support/oauth1-consumer.ts";
import { askRequestToken, refusal, registered, signedIn } from "../support/oauth1-dance.ts";
import { closedAfterEach } from "../support/running.ts";

const running = closedAfterEach();

const me = ({ endpoints }: OAuth1Emulator): { readonly url: string } => ({
  url: `${endpoints.api}/me`,
});

const details = async (reply: Promise<Response>): Promise<Record<string, unknown>> => {
  const answered = await reply;
  const { oauth_problem_advice: _, ...told } = await fields(answered);
  return { status: answered.status, ...told };
};

it("names the parameters that are absent", async () => {
  const emulator = await running(startOAuth1());
  const user = await signedIn(emulator);
  for (const name of [
    "oauth_consumer_key",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_nonce",
    "oauth_token",
  ]) {
    for (const value of [undefined, ""]) {
      const reply = send({ ...user, oauth: { [name]: value } }, me(emulator));
      expect(await details(reply)).toEqual({
        status: 400,
        oauth_problem: "parameter_absent",
        oauth_parameters_absent: name,
      });
    }
  }
  const both = { ...user, oauth: { oauth_nonce: undefined, oauth_timestamp: undefined } };
  expect(await details(send(both, me(emulator)))).toMatchObject({
    oauth_parameters_absent: "oauth_timestamp&oauth_nonce",
  });
  const version = { ...user, oauth: { oauth_version: undefined } };
  expect((await send(version, me(emulator))).status).toBe(200);
});

it("challenges an unsigned request, with its realm", async () => {
  const emulator = await running(startOAuth1({ realm: "My photos" }));
  for (const headers of [{}, { authorization: "Bearer x" }, { authorization: "OAuth" }]) {
    const reply = await fetch(me(emulator).url, { headers });
    expect(reply.headers.get("www-authenticate")).toBe(
      'OAuth realm="My photos", oauth_problem="parameter_absent"',
    );
    expect(await refusal(reply)).toEqual([401, "parameter_absent"]);
  }
});

it("rejects parameters that are repeated or in two places", async () => {
  const emulator = await running(startOAuth1());
  const user = await signedIn(emulator);
  const { url, init } = signed(user, me(emulator));
  const { authorization = "" } = init.headers;
  const header = (value: string, to = url): Promise<[number, string]> =>
    refusal(fetch(to, { headers: { authorization: value } }));
  const rejected = [400, "parameter_rejected"];
  expect(await header(`${authorization}, oauth_nonce="again"`)).toEqual(rejected);
  expect(await header(authorization, `${url}?oauth_token=again`)).toEqual(rejected);
  const body = "oauth_verifier=x";
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const inBoth = { method: "POST", headers: { authorization, ...form }, body };
  const echo = `${emulator.endpoints.api}/echo`;
  expect(await refusal(fetch(echo, inBoth))).toEqual(rejected);
  const query = signed({ ...user, placement: "query" }, me(emulator));
  expect(await refusal(fetch(`${query.url}&oauth_version=1.0`))).toEqual(rejected);
  const twoHeaders = await new Promise((resolve) => {
    request(
      url,
      {
        headers: [
          "host",
          new URL(url).host,
          "authorization",
          authorization,
          "authorization",
          authorization,
        ],
      },
      (reply) => {
        reply.resume();
        resolve(reply.statusCode);
      },
    ).end();
  });
  expect(twoHeaders).toBe(400);
  expect((await fetch(url, init)).status).toBe(200);
});

it.each([
  ['oauth_nonce="a" oauth_token="b"'],
  ["oauth_nonce=a"],
  ['oauth_nonce="a'],
  ['oauth_nonce="a+b"'],
  ['oauth_nonce="a/b="'],
  ['oauth_nonce="%zz"'],
  ['oauth_nonce="100%"'],
  ["="],
  [",,,"],
])("rejects a malformed header: %s", async (list) => {
  const emulator = await running(startOAuth1());
  const reply = fetch(me(emulator).url, { headers: { authorization: `OAuth ${list}` } });
  expect(await refusal(reply)).toEqual([400, "parameter_rejected"]);
});

it("parses the header's scheme and spaces as HTTP defines them", async () => {
  const emulator = await running(startOAuth1());
  const user = await signedIn(emulator);
  for (const rewrite of [
    (header: string) => header.replace("OAuth", "oauth"),
    (header: string) => header.replaceAll(", ", ","),
    (header: string) => header.replaceAll(", ", "\t , \t"),
    (header: string) => header.replace("OAuth ", 'OAuth REALM="x", '),
  ]) {
    const { url, init } = signed(user, me(emulator));
    const authorization = rewrite(init.headers["authorization"] ?? "");
    expect((await fetch(url, { headers: { authorization } })).status).toBe(200);
  }
});

it("rejects unknown versions, methods, consumers and tokens", async () => {
  const emulator = await running(startOAuth1());
  const user = await signedIn(emulator);
  const call = (more: Partial<Signer>): Promise<Record<string, unknown>> =>
    details(send({ ...user, ...more }, me(emulator)));
  expect(await call({ oauth: { oauth_version: "2.0" } })).toEqual({
    status: 400,
    oauth_problem: "version_rejected",
    oauth_acceptable_versions: "1.0-1.0",
  });
  expect(await call({ oauth: { oauth_signature_method: "HMAC-MD5" } })).toEqual({
    status: 400,
    oauth_problem: "signature_method_rejected",
  });
  expect(await call({ key: "nobody" })).toEqual({
    status: 401,
    oauth_problem: "consumer_key_unknown",
  });
  expect(await call({ token: "guessed" })).toEqual({
    status: 401,
    oauth_problem: "token_rejected",
  });
  emulator.configure({ plaintext: false });
  expect(await call({ method: "PLAINTEXT" })).toEqual({
    status: 400,
    oauth_problem: "signature_method_rejected",
  });
});

it("rejects a nonce that was used with the same timestamp, consumer and token", async () => {
  const clock = testClock();
  const emulator = await running(startOAuth1({ now: clock.now }));
  const timestamp = clock.now() / 1000;
  const user = {
    ...(await signedIn(emulator, {}, { ...registered(emulator), timestamp })),
    nonce: "n",
  };
  const call = (more: Partial<Signer> = {}): Promise<[number, string]> =>
    refusal(send({ ...user, ...more }, me(emulator)));
  // A wrong signature uses nothing up.
  expect(await call({ secret: "wrong" })).toEqual([401, "signature_invalid"]);
  expect((await call())[0]).toBe(200);
  expect(await call()).toEqual([401, "nonce_used"]);
  expect(await call({ method: "HMAC-SHA256" })).toEqual([401, "nonce_used"]);
  expect((await call({ timestamp: timestamp + 1 }))[0]).toBe(200);
  const other = await signedIn(emulator, {}, { ...registered(emulator), timestamp });
  expect((await call({ ...other, nonce: "n" }))[0]).toBe(200);
  // At the end of the window, still; after it, the timestamp is refused.
  clock.pass(300);
  expect(await call()).toEqual([401, "nonce_used"]);
  clock.pass(1);
  expect(await call()).toEqual([401, "timestamp_refused"]);
});

it("requires a nonce and a timestamp except for PLAINTEXT", async () => {
  const emulator = await running(startOAuth1());
  const user = { ...(await signedIn(emulator)), method: "PLAINTEXT" };
  const bare = { ...user, oauth: { oauth_nonce: undefined, oauth_timestamp: undefined } };
  expect((await send(bare, me(emulator))).status).toBe(200);
  expect((await send(bare, me(emulator))).status).toBe(200);
  const once = { ...user, nonce: "n", timestamp: Math.floor(Date.now() / 1000) };
  expect((await send(once, me(emulator))).status).toBe(200);
  expect(await refusal(send(once, me(emulator)))).toEqual([401, "nonce_used"]);
});

it("accepts timestamps in its window, and reports the window in the error", async () => {
  const clock = testClock();
  const emulator = await running(startOAuth1({ now: clock.now }));
  const time = clock.now() / 1000;
  const at = (timestamp: number): Promise<Record<string, unknown>> =>
    details(askRequestToken(emulator, { ...registered(emulator), timestamp }));
  expect((await at(time - 300))["status"]).toBe(200);
  expect((await at(time + 300))["status"]).toBe(200);
  const refused = {
    status: 401,
    oauth_problem: "timestamp_refused",
    oauth_acceptable_timestamps: `${time - 300}-${time + 300}`,
  };
  expect(await at(time - 301)).toEqual(refused);
  expect(await at(time + 301)).toEqual(refused);
  emulator.configure({ timestampWindow: 10 });
  expect((await at(time - 11))["status"]).toBe(401);
  for (const odd of ["0", "-1", "1.5", "1e9", " 1", "now", "9".repeat(30)]) {
    const signer = { ...registered(emulator), oauth: { oauth_timestamp: odd } };
    expect(await refusal(askRequestToken(emulator, signer))).toEqual([400, "parameter_rejected"]);
  }
});

it("requires the realm if the switch is on", async () => {
  const emulator = await running(startOAuth1({ requireRealm: true, realm: "123456" }));
  const ask = (realm?: string): Promise<[number, string]> =>
    refusal(
      askRequestToken(emulator, {
        ...registered(emulator),
        ...(realm === undefined ? {} : { realm }),
      }),
    );
  expect(await ask()).toEqual([401, "permission_denied"]);
  expect(await ask("other")).toEqual([401, "permission_denied"]);
  expect((await ask("123456"))[0]).toBe(200);
});

it("expires access tokens on demand", async () => {
  const emulator = await running(startOAuth1());
  const user = await signedIn(emulator);
  emulator.expireAccessTokens();
  expect(await refusal(send(user, me(emulator)))).toEqual([401, "token_expired"]);
});

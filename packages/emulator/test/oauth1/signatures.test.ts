import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { expect, it } from "@jest/globals";
import { startOAuth1 } from "../../src/index.ts";
import type { OAuth1Emulator } from "../../src/index.ts";
import { expectedBaseString, send, signed } from "../support/oauth1-consumer.ts";
import type { Signer } from "../support/oauth1-consumer.ts";
import { refusal, registered, signedIn } from "../support/oauth1-dance.ts";
import { closedAfterEach } from "../support/running.ts";
import { json } from "../support/wire.ts";

const running = closedAfterEach();

const METHODS = [
  "HMAC-SHA1",
  "HMAC-SHA256",
  "HMAC-SHA512",
  "RSA-SHA1",
  "RSA-SHA256",
  "RSA-SHA512",
  "PLAINTEXT",
] as const;
const PLACEMENTS = ["header", "query", "body"] as const;
const CELLS = METHODS.flatMap((method) =>
  PLACEMENTS.map((placement) => ({ method, placement }) as const),
);

// Nothing of this survives being encoded or decoded once too often, or sorted before it is encoded.
const AWKWARD: readonly (readonly [string, string])[] = [
  ["a", "2 + 2 = 4 & more"],
  ["a", ""],
  ["a", "%2B%20"],
  ["c@", "é ☃ 😀"],
  ["a!b*'()", "~-._"],
  ["", "no name"],
];

const echoUrl = ({ endpoints }: OAuth1Emulator): string =>
  `${endpoints.api}/echo/a%20b/%C3%A9;p=1?${new URLSearchParams(AWKWARD.map(([name, value]): [string, string] => [name, value])).toString()}`;

const pemPair = (): { readonly publicKey: string; readonly privateKey: string } => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
};

// Made once: a new key takes longer than all the rest.
const { publicKey: PUBLIC_KEY, privateKey: PRIVATE_KEY } = pemPair();
const { privateKey: FOREIGN_KEY } = pemPair();

it.each(CELLS)(
  "issues tokens and accepts calls with $method in the $placement",
  async ({ method, placement }) => {
    const emulator = await running(startOAuth1({ credentials: "awkward", publicKey: PUBLIC_KEY }));
    const signer = { ...registered(emulator), method, placement, privateKey: PRIVATE_KEY };
    const user = await signedIn(emulator, { user: "Émilie du Châtelet" }, signer);
    expect(user.token).toMatch(/%2B\+\/=&é~ /);
    const told = await json(send(user, { url: echoUrl(emulator), form: AWKWARD }));
    expect(told).toMatchObject({
      consumer: emulator.clientId,
      user: "émilie & co+",
      signatureMethod: method,
      placement,
      query: AWKWARD,
      form: AWKWARD,
    });
  },
);

it.each(CELLS)(
  "rejects a wrong $method signature in the $placement",
  async ({ method, placement }) => {
    const emulator = await running(startOAuth1({ publicKey: PUBLIC_KEY }));
    const user = await signedIn(emulator);
    const url = `${emulator.endpoints.api}/echo`;
    const wrongKey = method.startsWith("RSA")
      ? { privateKey: FOREIGN_KEY }
      : { tokenSecret: "wrong" };
    const wrong: Signer = { ...user, method, placement, ...wrongKey };
    expect(await refusal(send(wrong, { url, verb: "POST" }))).toEqual([401, "signature_invalid"]);
    const none = {
      ...user,
      method,
      placement,
      oauth: { oauth_signature: "AAAA" },
      privateKey: PRIVATE_KEY,
    };
    expect(await refusal(send(none, { url, verb: "POST" }))).toEqual([401, "signature_invalid"]);
  },
);

it.each(METHODS.filter((method) => method !== "PLAINTEXT"))(
  "rejects a request that was changed in transit: %s",
  async (method) => {
    const emulator = await running(startOAuth1({ publicKey: PUBLIC_KEY }));
    const user = { ...(await signedIn(emulator)), method, privateKey: PRIVATE_KEY };
    const url = `${emulator.endpoints.api}/echo?a=1`;
    const changes: ((sent: ReturnType<typeof signed>) => Promise<Response>)[] = [
      (sent) => fetch(`${sent.url}&b=2`, sent.init),
      (sent) => fetch(sent.url.replace("a=1", "a=2"), sent.init),
      (sent) => fetch(sent.url.replace("/echo", "/echo/x"), sent.init),
      (sent) => fetch(sent.url, { ...sent.init, method: "PUT" }),
      (sent) => fetch(sent.url, { ...sent.init, body: "f=2" }),
      (sent) => fetch(sent.url.replace("127.0.0.1", "localhost"), sent.init),
      (sent) =>
        fetch(sent.url, {
          ...sent.init,
          headers: {
            ...sent.init.headers,
            authorization: (sent.init.headers["authorization"] ?? "").replace("nonce-", "nonce-1"),
          },
        }),
    ];
    for (const change of changes) {
      const sent = signed(user, { url, form: [["f", "1"]] });
      expect(await refusal(change(sent))).toEqual([401, "signature_invalid"]);
      expect((await fetch(sent.url, sent.init)).status).toBe(200);
    }
  },
);

it("uses the host name of the request in the base string", async () => {
  const emulator = await running(startOAuth1());
  const user = await signedIn(emulator);
  const url = `${emulator.endpoints.api}/me`.replace("127.0.0.1", "LOCALHOST");
  expect((await send(user, { url })).status).toBe(200);
});

it("does not sign the realm and a body that is not a form", async () => {
  const emulator = await running(startOAuth1());
  const user = { ...(await signedIn(emulator)), realm: 'any, \\"thing\\"' };
  const url = `${emulator.endpoints.api}/echo`;
  const text = { url, body: "a=1&b=2", headers: { "content-type": "text/plain" } };
  expect(await json(send(user, text))).toMatchObject({ form: null, bodyBytes: 7 });
  const type = "Application/X-WWW-Form-Urlencoded ; charset=UTF-8";
  const typed = signed(user, { url, form: [["a", "é"]], headers: { "content-type": type } });
  expect(await json(fetch(typed.url, typed.init))).toMatchObject({ form: [["a", "é"]] });
});

it("creates an RSA key for the registered application", async () => {
  const emulator = await running(startOAuth1());
  const url = `${emulator.endpoints.api}/echo`;
  const call = (privateKey: string): Promise<[number, string]> =>
    refusal(send({ ...registered(emulator), method: "RSA-SHA512", privateKey }, { url }));
  expect(await call(PRIVATE_KEY)).toEqual([400, "signature_method_rejected"]);
  const made = await emulator.createConsumerKey();
  expect(made).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  expect((await call(made))[0]).toBe(200);
  expect(await call(PRIVATE_KEY)).toEqual([401, "signature_invalid"]);
});

it("accepts RSA keys as PEM and JWK, and explains why it rejects others", async () => {
  const jwk = createPublicKey(PUBLIC_KEY).export({ format: "jwk" });
  const secret = "s";
  const emulator = await running(
    startOAuth1({
      publicKey: PUBLIC_KEY,
      consumers: [
        { key: "jwk", secret, publicKey: { ...jwk, kty: "RSA" } },
        { key: "keyless", secret },
      ],
    }),
  );
  const signer = { method: "RSA-SHA256", privateKey: PRIVATE_KEY };
  const url = `${emulator.endpoints.api}/echo`;
  const call = (more: Signer): Promise<[number, string]> =>
    refusal(send({ ...signer, ...more }, { url }));
  expect(await call({ ...registered(emulator) })).toEqual([200, expect.anything()]);
  expect(await call({ key: "jwk", secret })).toEqual([200, expect.anything()]);
  expect(await call({ key: "keyless", secret })).toEqual([400, "signature_method_rejected"]);
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
  const ecPem = ec.export({ type: "spki", format: "pem" }).toString();
  await expect(startOAuth1({ publicKey: ecPem })).rejects.toThrow("must be an RSA key, not ec");
  await expect(startOAuth1({ publicKey: "no key" })).rejects.toThrow("in PEM or JWK form");
  await expect(startOAuth1({ consumers: [{ key: "", secret }] })).rejects.toThrow("needs a key");
});

it("shows the base string of a signature that did not match in its log only", async () => {
  const emulator = await running(startOAuth1({ xAuth: true }));
  const { endpoints } = emulator;
  const wrong = { ...registered(emulator), secret: "not the secret", nonce: "n" };
  const password = "correct horse battery staple";
  const form = [
    ["x_auth_mode", "client_auth"],
    ["x_auth_username", "ada_l"],
    ["x_auth_password", password],
  ] as const;
  const sent = signed(wrong, { url: endpoints.accessToken, form });
  const reply = await (await fetch(sent.url, sent.init)).text();
  const header = sent.init.headers["authorization"] ?? "";
  const oauth = [...header.matchAll(/(oauth_\w+)="([^"]*)"/g)]
    .map(([, name = "", value = ""]): [string, string] => [name, decodeURIComponent(value)])
    .filter(([name]) => name !== "oauth_signature");
  const fields = form.map(([name, value]): [string, string] => [name, value]);
  const expected = expectedBaseString("POST", endpoints.accessToken, [...oauth, ...fields]);
  const logged = emulator.requests.at(-1)?.signatureBaseString;
  expect(logged).toBe(
    expected.replace("correct%2520horse%2520battery%2520staple", "%255Bhidden%255D"),
  );
  expect(logged).not.toContain(emulator.clientSecret);
  expect(reply).not.toContain("%26oauth_nonce");
  await send({ ...wrong, method: "PLAINTEXT" }, { url: endpoints.accessToken, form });
  expect(emulator.requests.at(-1)).toMatchObject({ status: 401 });
  expect(emulator.requests.at(-1)?.signatureBaseString).toBeUndefined();
});

import { createHmac, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, jest } from "@jest/globals";
import { FakeClock } from "@grantkit/core/testing";
import { type SignatureMethod, sign, verify } from "@grantkit/oauth1";
import type {
  NonceUse,
  OAuth1Credentials,
  ReceivedRequest,
  VerificationCredentials,
  VerifyOptions,
} from "@grantkit/oauth1";
import { CANARY, errorOf } from "./support/canaries.ts";
import { cryptoKey, PRIVATE_PEM, PUBLIC_PEM, RSA } from "./support/keys.ts";

const LAUNCH = "https://tool.example.com/lti/launch?course=1";
const FORM_TYPE = "application/x-www-form-urlencoded";
const SECRETS = { clientSecret: CANARY.clientSecret };
const OTHER = generateKeyPairSync("rsa", { modulusLength: 2048 });
const clock = new FakeClock();

/** A request as it arrives, signed at the clock's time unless the credentials say another. */
async function arriving(
  {
    method = "POST",
    url = LAUNCH,
    headers,
    body = "user_id=%C3%A9va&roles=Learner&roles=Admin",
  }: Partial<Parameters<typeof sign>[0]> = {},
  credentials: Partial<OAuth1Credentials> = {},
): Promise<ReceivedRequest> {
  return sign(
    { method, url, body, ...(headers ? { headers } : {}) },
    { clientKey: "platform", ...SECRETS, clock, ...credentials },
  );
}

const receive = async (
  request: ReceivedRequest | Request,
  options: VerifyOptions = {},
  known: VerificationCredentials | null = SECRETS,
) =>
  verify(request, (clientKey) => (clientKey === "platform" ? known : undefined), {
    clock,
    ...options,
  });

const refusalOf = (...values: Parameters<typeof receive>) => errorOf(() => receive(...values));
const withHeader = (request: ReceivedRequest, change: (header: string) => string) => {
  const headers = request.headers as Record<string, string>;
  return {
    ...request,
    headers: { ...headers, Authorization: change(headers["Authorization"] ?? "") },
  };
};

describe("an LTI 1.1 launch", () => {
  const launch = () => arriving({}, { signatureType: "body", callbackUri: "about:blank" });

  it("as a web-standard Request, whose body can still be read", async () => {
    const { url, method, headers, body } = await launch();
    const request = new Request(url, {
      method,
      headers: headers as Record<string, string>,
      body: String(body),
    });
    const verified = await receive(request);
    expect(verified).toMatchObject({
      clientKey: "platform",
      resourceOwnerKey: undefined,
      signatureMethod: "HMAC-SHA1",
      timestamp: clock.seconds,
      callbackUri: "about:blank",
    });
    expect([...verified.parameters]).toEqual([
      ["course", "1"],
      ["user_id", "éva"],
      ["roles", "Learner"],
      ["roles", "Admin"],
    ]);
    expect(await request.text()).toBe(body);
  });

  it("as the parts of a Node request: text, bytes or parsed fields", async () => {
    for (const form of [
      (text: string) => text,
      (text: string) => new TextEncoder().encode(text),
      (text: string) => Buffer.from(text),
      (text: string) => new URLSearchParams(text),
      (text: string) => {
        const fields: Record<string, string[]> = {};
        for (const [name, value] of new URLSearchParams(text)) (fields[name] ??= []).push(value);
        return fields;
      },
    ]) {
      const { body, ...request } = await launch();
      const headers = {
        "content-type": `${FORM_TYPE}; charset=utf-8`,
        cookie: ["a", "b"],
        x: undefined,
      };
      const { parameters } = await receive({ ...request, headers, body: form(String(body)) });
      expect(parameters.get("user_id")).toBe("éva");
    }
  });

  it("with its headers as lists of values, as headersDistinct has them", async () => {
    const request = await launch();
    const headers = Object.fromEntries(
      Object.entries(request.headers as Record<string, string>).map(([name, value]) => [
        name.toLowerCase(),
        [value],
      ]),
    );
    const none = { ...headers, "x-other": [], "content-encoding": undefined };
    expect((await receive({ ...request, headers: none })).parameters.get("user_id")).toBe("éva");
    const twice = { ...headers, "content-type": [FORM_TYPE, FORM_TYPE] };
    expect(await refusalOf({ ...request, headers: twice })).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("content-type twice"),
    });
  });

  it("whose form was changed on the way is refused", async () => {
    const { body, ...request } = await launch();
    for (const changed of [
      String(body).replace("Learner", "Instructor"),
      `${String(body)}&roles=Instructor`,
      String(body).replace("&roles=Admin", ""),
    ]) {
      expect(await refusalOf({ ...request, body: changed })).toMatchObject({
        code: "SIGNATURE_INVALID",
      });
    }
  });
});

describe("what is signed", () => {
  it.each<[string, (request: ReceivedRequest) => ReceivedRequest]>([
    ["another method", (request) => ({ ...request, method: "PUT" })],
    ["another path", (request) => ({ ...request, url: LAUNCH.replace("launch", "lunch") })],
    ["another host", (request) => ({ ...request, url: LAUNCH.replace("tool.", "evil.") })],
    ["another scheme", (request) => ({ ...request, url: LAUNCH.replace("https", "http") })],
    ["another query", (request) => ({ ...request, url: `${LAUNCH}&course=2` })],
    ["another callback", (request) => withHeader(request, (text) => text.replace("app", "evil"))],
    [
      "another verifier",
      (request) => withHeader(request, (text) => text.replace('verifier="v', 'verifier="w')),
    ],
    [
      "another nonce",
      (request) => withHeader(request, (text) => text.replace(/nonce="./, 'nonce="x')),
    ],
    [
      "another time",
      (request) =>
        withHeader(request, (text) =>
          text.replace(/timestamp="\d+/, `timestamp="${clock.seconds + 1}`),
        ),
    ],
    [
      "another digest",
      (request) => withHeader(request, (text) => text.replace("HMAC-SHA1", "HMAC-SHA256")),
    ],
    [
      "no version",
      (request) => withHeader(request, (text) => text.replace('oauth_version="1.0", ', "")),
    ],
    ["a parameter in the header", (request) => withHeader(request, (text) => `${text}, extra="1"`)],
    [
      "a signature cut short",
      (request) => withHeader(request, (text) => text.replace(/%3D"$/, '"')),
    ],
    ["an empty body", (request) => ({ ...request, body: "" })],
  ])("%s is refused", async (_what, change) => {
    const request = await arriving({}, { callbackUri: "https://app.example.com/", verifier: "v" });
    expect(await receive(request)).toMatchObject({ verifier: "v" });
    expect(await refusalOf(change(request))).toMatchObject({ code: "SIGNATURE_INVALID" });
  });

  it("not: realm, fragment, case and default port of the host, the order of parameters, a Host header", async () => {
    const useNonce = false;
    const request = await arriving(
      { url: "https://tool.example.com/?b=1&a=2" },
      { realm: 'one, "two"' },
    );
    expect(
      await receive(
        withHeader(request, (text) =>
          text.replace(/realm="[^o]*one.*?", oauth/, 'REALM="x", oauth'),
        ),
        { useNonce },
      ),
    ).toBeDefined();
    for (const url of [
      "https://TOOL.example.com:443/?a=2&b=1#frag",
      new URL("https://tool.example.com?b=1&&a=2"),
    ]) {
      expect(await receive({ ...request, url }, { useNonce })).toBeDefined();
    }
    const headers = { ...(request.headers as Record<string, string>), Host: "internal:8080" };
    expect(await receive({ ...request, headers }, { useNonce })).toBeDefined();
  });

  it("the scheme's name in any case, and white space between the parameters", async () => {
    const request = await arriving();
    const spaced = withHeader(request, (text) =>
      text.replace("OAuth ", "oauth   ").replaceAll(", ", " ,\t ").replaceAll("=", " = "),
    );
    expect(await receive(spaced)).toMatchObject({ clientKey: "platform" });
  });
});

describe("the client and token of a request", () => {
  it("that are unknown, or have a wrong secret or no key, all get the same error", async () => {
    const hmac = await arriving();
    const rsa = await arriving({}, { signatureMethod: "RSA-SHA256", privateKey: PRIVATE_PEM });
    const wrong = { clientSecret: "another" };
    const errors = await Promise.all([
      refusalOf(hmac, {}, null),
      refusalOf(hmac, {}, wrong),
      refusalOf(hmac, {}, { publicKey: PUBLIC_PEM }),
      refusalOf(await arriving({}, { clientKey: "stranger" })),
      refusalOf(rsa, {}, SECRETS),
      refusalOf(rsa, {}, null),
      refusalOf(
        withHeader(rsa, (text) => text.replace(/signature="../, 'signature="AA')),
        {},
        { publicKey: PUBLIC_PEM },
      ),
      refusalOf(await arriving({}, { resourceOwnerKey: "t", resourceOwnerSecret: "s" }), {}, wrong),
    ]);
    expect(new Set(errors.map((error) => JSON.stringify(error))).size).toBe(1);
    expect(errors[0]).toMatchObject({ code: "SIGNATURE_INVALID" });
  });

  it("cost the same work whether the client is known or not", async () => {
    const crypto = process.getBuiltinModule("node:crypto");
    const counted = [jest.spyOn(crypto, "verify"), jest.spyOn(crypto, "createHmac")] as const;
    try {
      const rsa = await arriving({}, { signatureMethod: "RSA-SHA256", privateKey: PRIVATE_PEM });
      const hmac = await arriving();
      for (const [request, spy, known] of [
        [rsa, counted[0], { publicKey: OTHER.publicKey }],
        [hmac, counted[1], { clientSecret: "another" }],
      ] as const) {
        for (const credentials of [known, undefined]) {
          spy.mockClear();
          await verify(request, () => credentials, { clock }).catch(() => undefined);
          expect(spy).toHaveBeenCalledTimes(1);
        }
      }
    } finally {
      for (const spy of counted) spy.mockRestore();
    }
  });

  it("are refused when signed with the fixed secret that the package uses for unknown clients", async () => {
    const request = await arriving({}, { clientSecret: "no client of anybody has this secret" });
    expect(await refusalOf(request, {}, null)).toMatchObject({ code: "SIGNATURE_INVALID" });
  });

  it("are passed to the lookup, which may be asynchronous", async () => {
    const seen: unknown[] = [];
    const request = await arriving(
      {},
      { resourceOwnerKey: "token", resourceOwnerSecret: CANARY.tokenSecret },
    );
    const verified = await verify(
      request,
      async (clientKey, claimed) => {
        seen.push(clientKey, claimed);
        await Promise.resolve();
        return { ...SECRETS, resourceOwnerSecret: CANARY.tokenSecret };
      },
      { clock },
    );
    expect(seen).toEqual(["platform", { resourceOwnerKey: "token", signatureMethod: "HMAC-SHA1" }]);
    expect(verified.resourceOwnerKey).toBe("token");
  });

  it("are unknown when the lookup has no secret for the token", async () => {
    const request = await arriving({}, { resourceOwnerKey: "somebody" });
    expect(await refusalOf(request)).toMatchObject({ code: "SIGNATURE_INVALID" });
    expect(await receive(request, {}, { ...SECRETS, resourceOwnerSecret: "" })).toBeDefined();
  });

  it("are the client only when oauth_token is empty, as some platforms send it", async () => {
    const parameters = `oauth_consumer_key=platform&oauth_nonce=e&oauth_signature_method=HMAC-SHA1&oauth_timestamp=${clock.seconds}&oauth_token=`;
    const base = `GET&${encodeURIComponent("https://tool.example.com/")}&${encodeURIComponent(parameters)}`;
    const signature = createHmac("sha1", `${SECRETS.clientSecret}&`).update(base).digest("base64");
    const url = `https://tool.example.com/?${parameters}&oauth_signature=${encodeURIComponent(signature)}`;
    expect(await receive({ method: "GET", url })).toMatchObject({ resourceOwnerKey: undefined });
  });

  it("what the lookup throws goes to the caller", async () => {
    const request = await arriving();
    await expect(
      verify(
        request,
        () => {
          throw new RangeError("mine");
        },
        { clock },
      ),
    ).rejects.toThrow(RangeError);
  });

  it.each<[string, unknown]>([
    ["it must be an object", CANARY.clientSecret],
    ["it must have clientSecret or publicKey", { consumerSecret: CANARY.clientSecret }],
    ["clientSecret must be", { clientSecret: "" }],
    ["clientSecret must be", { clientSecret: 7 }],
    ["it is a public key: pass it as publicKey", { clientSecret: PUBLIC_PEM }],
    [
      "it is a public key: pass it as publicKey",
      {
        clientSecret: `\r\n${PUBLIC_PEM.replaceAll("PUBLIC", "RSA PUBLIC")}`,
        publicKey: PUBLIC_PEM,
      },
    ],
    ["resourceOwnerSecret must be", { ...SECRETS, resourceOwnerSecret: null }],
    ["publicKey is a private key", { publicKey: PRIVATE_PEM }],
    ["publicKey is a private key", { publicKey: RSA.privateKey }],
    ["publicKey is a symmetric key", { publicKey: { kty: "oct", k: CANARY.data } }],
    ["publicKey cannot be read", { publicKey: CANARY.data }],
  ])("what a lookup should not return is a typed error: %s", async (problem, known) => {
    expect(await refusalOf(await arriving(), {}, known as VerificationCredentials)).toMatchObject({
      code: "CONFIGURATION_INVALID",
      problems: [expect.stringContaining(problem)],
    });
  });

  it("a secret that a Map does not have is that of an unknown client", async () => {
    expect(await refusalOf(await arriving(), {}, { clientSecret: undefined })).toMatchObject({
      code: "SIGNATURE_INVALID",
    });
  });
});

describe("keys", () => {
  it.each<[string, () => unknown]>([
    ["PEM", () => PUBLIC_PEM],
    ["PKCS #1 PEM", () => RSA.publicKey.export({ type: "pkcs1", format: "pem" })],
    ["JWK", () => RSA.publicKey.export({ format: "jwk" })],
    ["KeyObject", () => RSA.publicKey],
    ["CryptoKey", () => cryptoKey("public")],
  ])("%s verifies what the private half has signed", async (_what, key) => {
    const publicKey = (await key()) as string;
    const request = await arriving({}, { signatureMethod: "RSA-SHA256", privateKey: PRIVATE_PEM });
    expect(await receive(request, {}, { publicKey })).toMatchObject({
      signatureMethod: "RSA-SHA256",
    });
  });

  it("a CryptoKey for another digest verifies nothing", async () => {
    const publicKey = (await cryptoKey("public", { hash: "SHA-512" })) as never;
    const request = await arriving({}, { signatureMethod: "RSA-SHA256", privateKey: PRIVATE_PEM });
    expect(await refusalOf(request, {}, { publicKey })).toMatchObject({
      code: "SIGNATURE_INVALID",
    });
  });

  it("a public key is no HMAC secret, whatever the request says", async () => {
    const request = await arriving({}, { clientSecret: PUBLIC_PEM.trim() });
    expect(await refusalOf(request, {}, { publicKey: PUBLIC_PEM })).toMatchObject({
      code: "SIGNATURE_INVALID",
    });
  });
});

describe("the timestamp", () => {
  it.each([
    [-300, undefined],
    [300, undefined],
    [-301, "TIMESTAMP_REFUSED"],
    [301, "TIMESTAMP_REFUSED"],
  ])("%d seconds from now: %s", async (offset, code) => {
    const request = await arriving({}, { timestamp: clock.seconds + offset });
    const outcome = await receive(request).then(
      () => undefined,
      (error: { code: string }) => error.code,
    );
    expect(outcome).toBe(code);
  });

  it("has a window that is an option", async () => {
    const request = await arriving({}, { timestamp: clock.seconds - 11 });
    expect(await refusalOf(request, { timestampWindow: 10 })).toMatchObject({
      code: "TIMESTAMP_REFUSED",
    });
    expect(await receive(request, { timestampWindow: 11 })).toBeDefined();
  });
});

describe("a repeated request", () => {
  it("is refused: this process remembers nonces", async () => {
    const time = new FakeClock();
    const request = await arriving({}, { clock: time });
    expect(await receive(request, { clock: time })).toBeDefined();
    expect(await refusalOf(request, { clock: time })).toMatchObject({ code: "NONCE_USED" });
    time.advance(300_000);
    expect(await refusalOf(request, { clock: time })).toMatchObject({ code: "NONCE_USED" });
    time.advance(1000);
    expect(await refusalOf(request, { clock: time })).toMatchObject({ code: "TIMESTAMP_REFUSED" });
  });

  it("with a future timestamp is refused until that time has passed", async () => {
    const time = new FakeClock();
    const request = await arriving({}, { timestamp: time.seconds + 300 });
    expect(await receive(request, { clock: time })).toBeDefined();
    time.advance(600_000);
    expect(await refusalOf(request, { clock: time })).toMatchObject({ code: "NONCE_USED" });
  });

  it("with another timestamp, client or token is a new request", async () => {
    const nonce = "the-same";
    const token = { resourceOwnerKey: "t", resourceOwnerSecret: "s" };
    for (const credentials of [{}, { timestamp: clock.seconds - 1 }, token]) {
      const request = await arriving({}, { nonce, ...credentials });
      expect(await receive(request, {}, { ...SECRETS, resourceOwnerSecret: "s" })).toBeDefined();
    }
    const other = await arriving({}, { nonce, clientKey: "other" });
    expect(await verify(other, () => SECRETS, { clock })).toMatchObject({ clientKey: "other" });
  });

  it("is checked by useNonce, which gets the time to remember, when all else is valid", async () => {
    const uses: NonceUse[] = [];
    const useNonce = (use: NonceUse) => uses.push(use) === 1;
    const request = await arriving({}, { nonce: "n1", timestamp: clock.seconds + 60 });
    const forged = { ...request, url: `${LAUNCH}&x=1` };
    expect(await refusalOf(forged, { useNonce })).toMatchObject({ code: "SIGNATURE_INVALID" });
    const json = { headers: { "Content-Type": "application/json" }, body: "{}" };
    const hashed = await arriving(json, { forceIncludeBody: true });
    expect(await refusalOf({ ...hashed, body: "[]" }, { useNonce })).toMatchObject({
      code: "SIGNATURE_INVALID",
    });
    expect(uses).toEqual([]);
    expect(await receive(request, { useNonce })).toMatchObject({ nonce: "n1" });
    expect(uses).toEqual([
      {
        clientKey: "platform",
        resourceOwnerKey: undefined,
        timestamp: clock.seconds + 60,
        nonce: "n1",
        rememberFor: 361,
      },
    ]);
    expect(await refusalOf(request, { useNonce })).toMatchObject({ code: "NONCE_USED" });
  });

  it.each([undefined, 1, "OK", Promise.resolve(false)])(
    "is refused when useNonce returns anything but true: %s",
    async (answer) => {
      expect(await refusalOf(await arriving(), { useNonce: () => answer as never })).toMatchObject({
        code: "NONCE_USED",
      });
    },
  );

  it("is accepted with useNonce: false", async () => {
    const request = await arriving();
    for (let count = 0; count < 3; count += 1)
      expect(await receive(request, { useNonce: false })).toBeDefined();
  });

  it("what it throws goes to the caller", async () => {
    const useNonce = () => Promise.reject(new RangeError("mine"));
    await expect(receive(await arriving(), { useNonce })).rejects.toThrow(RangeError);
  });
});

describe("the body hash", () => {
  const json = { headers: { "Content-Type": "application/json" }, body: '{"a":"é"}' };

  it("is checked over what came in", async () => {
    for (const signatureMethod of ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512"] as const) {
      const request = await arriving(json, { signatureMethod, forceIncludeBody: true });
      expect(
        await receive({ ...request, body: new TextEncoder().encode(json.body) }),
      ).toBeDefined();
      expect(await refusalOf({ ...request, body: '{"a":"e"}' })).toMatchObject({
        code: "SIGNATURE_INVALID",
      });
      expect(await refusalOf({ ...request, body: "" })).toMatchObject({
        code: "SIGNATURE_INVALID",
      });
    }
  });

  it("is checked for bytes that are not text, in a Request", async () => {
    const body = new Uint8Array([0xff, 0x00, 0xd8, 0x0a]);
    const { url, method, headers } = await arriving({ body }, { bodyHash: "SHA-256" });
    const request = (bytes: Uint8Array) =>
      new Request(url, {
        method,
        headers: headers as Record<string, string>,
        body: bytes as Uint8Array<ArrayBuffer>,
      });
    expect(await receive(request(body), { bodyHash: "SHA-256" })).toBeDefined();
    expect(await refusalOf(request(body.slice(1)), { bodyHash: "SHA-256" })).toMatchObject({
      code: "SIGNATURE_INVALID",
    });
  });

  it("uses the digest of the signature method, or the bodyHash option", async () => {
    const request = await arriving(json, { signatureMethod: "HMAC-SHA256", bodyHash: "SHA-1" });
    expect(await refusalOf(request)).toMatchObject({ code: "SIGNATURE_INVALID" });
    expect(await receive(request, { bodyHash: "SHA-1" })).toBeDefined();
  });

  it("is required for a body that is not a form, unless that is switched off", async () => {
    const request = await arriving(json);
    expect(await refusalOf(request)).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("requireBodyHash"),
    });
    expect(await receive(request, { requireBodyHash: false })).toBeDefined();
    expect(await receive(await arriving({ method: "DELETE", body: "" }))).toBeDefined();
  });

  it("is refused for a form", async () => {
    const request = await arriving(json, { forceIncludeBody: true });
    const headers = { ...(request.headers as Record<string, string>), "Content-Type": FORM_TYPE };
    expect(await refusalOf({ ...request, headers, body: "a=1" })).toMatchObject({
      code: "INVALID_REQUEST",
    });
  });
});

describe("signature methods", () => {
  it("PLAINTEXT is refused unless it is listed, and then accepted over https only", async () => {
    const request = await arriving({}, { signatureMethod: "PLAINTEXT" });
    expect(await refusalOf(request)).toMatchObject({ code: "INVALID_REQUEST" });
    const signatureMethods = ["PLAINTEXT"] as const;
    expect(await receive(request, { signatureMethods })).toMatchObject({
      signatureMethod: "PLAINTEXT",
    });
    const open = { ...request, url: LAUNCH.replace("https", "http") };
    expect(await refusalOf(open, { signatureMethods })).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("without https"),
    });
    const wrong = { clientSecret: `${SECRETS.clientSecret}x` };
    expect(await refusalOf(request, { signatureMethods, useNonce: false }, wrong)).toMatchObject({
      code: "SIGNATURE_INVALID",
    });
  });

  it("PLAINTEXT may be without timestamp and nonce, but not with one of them", async () => {
    const signed = `oauth_consumer_key="platform", oauth_signature_method="PLAINTEXT", oauth_signature="${SECRETS.clientSecret}%26"`;
    const request = (more = "") => ({
      method: "GET",
      url: LAUNCH,
      headers: { authorization: `OAuth ${signed}${more}` },
    });
    const options = { signatureMethods: ["PLAINTEXT"] } as const;
    expect(await receive(request(), options)).toMatchObject({
      timestamp: undefined,
      nonce: undefined,
    });
    expect(await refusalOf(request(', oauth_nonce="n"'), options)).toMatchObject({
      code: "INVALID_REQUEST",
    });
    expect(await refusalOf(request(`, oauth_timestamp="${clock.seconds}"`), options)).toMatchObject(
      { code: "INVALID_REQUEST" },
    );
  });

  it("only the listed ones are accepted", async () => {
    const request = await arriving();
    expect(await refusalOf(request, { signatureMethods: ["HMAC-SHA256"] })).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("signature method"),
    });
    expect(await receive(request, { signatureMethods: ["HMAC-SHA1"] })).toBeDefined();
  });

  it("a custom one is refused, unless it is listed", async () => {
    const length: SignatureMethod = {
      name: "LENGTH",
      sign: (base, { clientSecret }) => `${base.length} ${clientSecret.length}`,
    };
    const request = await arriving({}, { signatureMethod: length });
    expect(await refusalOf(request)).toMatchObject({ code: "INVALID_REQUEST" });
    expect(await receive(request, { signatureMethods: [length] })).toMatchObject({
      signatureMethod: "LENGTH",
    });
  });
});

describe("a malformed OAuth request", () => {
  const now = clock.seconds;
  const PARAMETERS = {
    oauth_consumer_key: "platform",
    oauth_nonce: "n",
    oauth_signature_method: "HMAC-SHA1",
    oauth_timestamp: String(now),
    oauth_signature: CANARY.data,
  };
  const header = (changes: Record<string, string | undefined>) =>
    `OAuth ${Object.entries({ ...PARAMETERS, ...changes })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}="${value}"`)
      .join(", ")}`;
  const GET = { method: "GET", url: LAUNCH };
  const withChanges = (changes: Record<string, string | undefined>) => ({
    ...GET,
    headers: { authorization: header(changes) },
  });

  it.each<[string, ReceivedRequest]>([
    ["no OAuth parameters", GET],
    ["no OAuth parameters", { ...GET, headers: { authorization: `Bearer ${CANARY.token}` } }],
    [
      "a form, which needs its Content-Type",
      { ...GET, method: "POST", body: new URLSearchParams(PARAMETERS).toString() },
    ],
    ["oauth_consumer_key is missing", withChanges({ oauth_consumer_key: undefined })],
    ["oauth_consumer_key is missing", withChanges({ oauth_consumer_key: "" })],
    ["oauth_signature is missing", withChanges({ oauth_signature: undefined })],
    ["oauth_signature_method is missing", withChanges({ oauth_signature_method: undefined })],
    ["oauth_timestamp is missing", withChanges({ oauth_timestamp: undefined })],
    ["oauth_nonce is missing", withChanges({ oauth_nonce: undefined })],
    ["oauth_nonce is missing", withChanges({ oauth_nonce: "" })],
    ["oauth_nonce is longer", withChanges({ oauth_nonce: "n".repeat(513) })],
    ["oauth_timestamp is no positive", withChanges({ oauth_timestamp: "now" })],
    ["oauth_timestamp is no positive", withChanges({ oauth_timestamp: "0" })],
    ["oauth_timestamp is no positive", withChanges({ oauth_timestamp: `-${now}` })],
    ["oauth_timestamp is no positive", withChanges({ oauth_timestamp: `${now}.5` })],
    ["oauth_timestamp is no positive", withChanges({ oauth_timestamp: `${now}e1` })],
    ["oauth_version is not 1.0", withChanges({ oauth_version: "2.0" })],
    ["oauth_version is not 1.0", withChanges({ oauth_version: "" })],
    ["signature method is not accepted", withChanges({ oauth_signature_method: "HMAC-MD5" })],
    ["signature method is not accepted", withChanges({ oauth_signature_method: "hmac-sha1" })],
    ["oauth_nonce twice", { ...GET, headers: { authorization: `${header({})}, oauth_nonce="n"` } }],
    ["oauth_token twice", { ...GET, url: `${LAUNCH}&oauth_token=a&oauth_token=b`, headers: {} }],
    ["more than one place", { ...withChanges({}), url: `${LAUNCH}&oauth_token=x` }],
    ["more than one place", { ...withChanges({}), method: "POST", body: { oauth_nonce: "n" } }],
    ["authorization twice", { ...GET, headers: { authorization: [header({}), header({})] } }],
    [
      "authorization twice",
      {
        ...GET,
        headers: [
          ["Authorization", "a"],
          ["authorization", "b"],
        ],
      },
    ],
    ["header cannot be read", { ...GET, headers: { authorization: "OAuth oauth_nonce=n" } }],
    ["header cannot be read", { ...GET, headers: { authorization: 'OAuth oauth_nonce="n' } }],
    [
      "header cannot be read",
      { ...GET, headers: { authorization: 'OAuth oauth_nonce="n" oauth_x="y"' } },
    ],
    ["header cannot be read", withChanges({ oauth_nonce: "%zz" })],
    ["query cannot be decoded", { ...GET, url: `${LAUNCH}&a=%E9` }],
    [
      "form cannot be decoded",
      { ...GET, method: "POST", headers: { "content-type": FORM_TYPE }, body: "a=%zz" },
    ],
    [
      "form cannot be decoded",
      {
        ...GET,
        method: "POST",
        headers: { "content-type": FORM_TYPE },
        body: new Uint8Array([0xff]),
      },
    ],
    ["nested fields", { ...GET, method: "POST", body: { a: { b: "c" } } as never }],
  ])("%s (%#)", async (reason, request) => {
    const error = await errorOf(() =>
      verify(
        request,
        () => {
          throw new Error("asked");
        },
        { clock },
      ),
    );
    expect(error).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining(reason),
    });
  });

  it("may have an API's own parameter named oauth_", async () => {
    const { parameters } = await receive(await arriving({ url: `${LAUNCH}&oauth_flavour=x` }));
    expect(parameters.get("oauth_flavour")).toBe("x");
  });
});

describe("arguments", () => {
  const SECRET = CANARY.data;
  const used = new Request(LAUNCH, { method: "POST", body: "a" });
  const lookup = () => SECRETS;
  it.each<[string, unknown, unknown, unknown]>([
    ["request must be", undefined, lookup, {}],
    ["method is missing", { url: LAUNCH }, lookup, {}],
    ["url must be an absolute URL", { method: "GET", url: `/lti?${SECRET}` }, lookup, {}],
    ["url is missing", { method: "GET" }, lookup, {}],
    ["headers must be", { method: "GET", url: LAUNCH, headers: SECRET }, lookup, {}],
    ["rawBody is not an option", { method: "GET", url: LAUNCH, rawBody: SECRET }, lookup, {}],
    ["body was read already", used, lookup, {}],
    ["body must be", { method: "POST", url: LAUNCH, body: new Blob([SECRET]) }, lookup, {}],
    [
      "body must be",
      {
        method: "POST",
        url: LAUNCH,
        headers: { "content-type": "application/json" },
        body: { a: SECRET },
      },
      lookup,
      {},
    ],
    ["lookup must be a function that takes", { method: "GET", url: LAUNCH }, SECRET, {}],
    ["options must be", { method: "GET", url: LAUNCH }, lookup, SECRET],
    ["useNonce must be", { method: "GET", url: LAUNCH }, lookup, { useNonce: true }],
    ["timestampWindow must be", { method: "GET", url: LAUNCH }, lookup, { timestampWindow: -1 }],
    [
      "timestampWindow must be",
      { method: "GET", url: LAUNCH },
      lookup,
      { timestampWindow: Infinity },
    ],
    ["signatureMethods must be", { method: "GET", url: LAUNCH }, lookup, { signatureMethods: [] }],
    [
      "signatureMethods[0] must be",
      { method: "GET", url: LAUNCH },
      lookup,
      { signatureMethods: [SECRET] },
    ],
    ["bodyHash must be", { method: "GET", url: LAUNCH }, lookup, { bodyHash: false }],
    [
      "requireBodyHash must be",
      { method: "GET", url: LAUNCH },
      lookup,
      { requireBodyHash: SECRET },
    ],
    ["clock must have", { method: "GET", url: LAUNCH }, lookup, { clock: SECRET }],
    ["nonce is not an option", { method: "GET", url: LAUNCH }, lookup, { nonce: SECRET }],
  ])("%s (%#)", async (problem, request, find, options) => {
    if (request === used) await used.text();
    const work = () =>
      verify(request as Request, find as () => undefined, options as VerifyOptions);
    expect(await errorOf(work)).toMatchObject({
      code: "CONFIGURATION_INVALID",
      problems: [expect.stringContaining(problem)],
    });
  });

  it("a Node request is refused with a message about what to pass", async () => {
    const server = createServer((request, response) => {
      errorOf(() => verify(request as never, lookup)).then(
        ({ problems }) => response.end(JSON.stringify(problems)),
        (error: unknown) => response.destroy(error as Error),
      );
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    try {
      const { port } = server.address() as AddressInfo;
      const response = await fetch(`http://127.0.0.1:${port}/lti`, { method: "POST", body: "a=b" });
      expect(await response.json()).toEqual([
        expect.stringMatching(/^request is a server's own.*pass \{ method, url, headers, body \}/),
      ]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

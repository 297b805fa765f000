import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { FakeClock } from "@grantkit/core/testing";
import { type CustomSignatureMethod, sign } from "@grantkit/oauth1";
import type { OAuth1Credentials, RequestToSign } from "@grantkit/oauth1";
import { CANARY, errorOf } from "./support/canaries.ts";
import { headerParameter } from "./support/requests.ts";

const API = "https://api.example.com/1/items";
const FORM = "application/x-www-form-urlencoded";
const ONCE: OAuth1Credentials = {
  clientKey: "key",
  clientSecret: CANARY.clientSecret,
  nonce: "n",
  timestamp: 1,
};

describe("header", () => {
  it("has the OAuth parameters, encoded, and leaves URL, body and other headers as they are", async () => {
    const headers = { "X-Trace": "1", "content-type": "application/json" };
    const request = { method: "POST", url: `${API}?a=1#frag`, headers, body: '{"a":1}' };
    const signed = await sign(request, {
      ...ONCE,
      resourceOwnerKey: "to/ken",
      resourceOwnerSecret: "s",
      verifier: "v",
    });
    expect(signed).toEqual({
      method: "POST",
      url: `${API}?a=1`,
      body: '{"a":1}',
      headers: { ...headers, Authorization: expect.any(String) },
    });
    expect(signed.headers["Authorization"]).toMatch(
      /^OAuth oauth_consumer_key="key", oauth_nonce="n", oauth_signature_method="HMAC-SHA1", oauth_timestamp="1", oauth_token="to%2Fken", oauth_verifier="v", oauth_version="1\.0", oauth_signature="[\w%.-]+"$/,
    );
    expect(request.headers).toBe(headers);
    expect(headers).toEqual({ "X-Trace": "1", "content-type": "application/json" });
  });

  it("reads Headers and pairs, too", async () => {
    const plain = await sign({ url: API, headers: { "x-trace": "1" } }, ONCE);
    expect(await sign({ url: API, headers: new Headers({ "X-Trace": "1" }) }, ONCE)).toEqual(plain);
    expect(await sign({ url: API, headers: [["x-trace", "1"]] }, ONCE)).toEqual(plain);
    expect(await sign({ url: new URL(API), headers: [["x-trace", "1"]] }, ONCE)).toEqual(plain);
  });

  it("does not replace another Authorization header", async () => {
    const headers = { authorization: `Basic ${btoa(CANARY.data)}` };
    expect(await errorOf(() => sign({ url: API, headers }, ONCE))).toMatchObject({
      code: "REQUEST_UNSIGNABLE",
      message: expect.stringContaining('signatureType "query"'),
    });
    const { headers: kept } = await sign(
      { url: API, headers },
      { ...ONCE, signatureType: "query" },
    );
    expect(kept).toEqual(headers);
  });
});

describe("query", () => {
  it.each([
    [API, `${API}?oauth_`],
    [`${API}?`, `${API}?oauth_`],
    [`${API}?a=1+2&b&=%7E&&c='`, `${API}?a=1+2&b&=%7E&&c=%27&oauth_`],
    // Of a URL's question marks, the first alone is a delimiter.
    [`${API}??`, `${API}??&oauth_`],
    [`${API}?a=1&`, `${API}?a=1&oauth_`],
    [`${API}?a=1#frag`, `${API}?a=1&oauth_`],
  ])("appends the parameters to the query, byte for byte: %s", async (url, begin) => {
    const signed = await sign({ url }, { ...ONCE, signatureType: "query" });
    expect(signed.url.startsWith(begin)).toBe(true);
    expect(signed.url).not.toContain("#");
    expect(signed.headers).toEqual({});
    expect(new URL(signed.url).searchParams.get("oauth_version")).toBe("1.0");
  });
});

describe("body", () => {
  it.each<
    [string, string | Record<string, string> | URLSearchParams | Uint8Array | undefined, string]
  >([
    ["text", "a=1+2&b", "a=1+2&b&oauth_"],
    ["an object", { a: "1 2" }, "a=1%202&oauth_"],
    ["URLSearchParams", new URLSearchParams({ a: "1 2" }), "a=1+2&oauth_"],
    ["bytes", new TextEncoder().encode("a=1"), "a=1&oauth_"],
    ["none", undefined, "oauth_"],
    ["an empty one", "", "oauth_"],
  ])("comes after the form: %s", async (_what, body, begin) => {
    const signed = await sign(
      {
        method: "POST",
        url: API,
        headers: { "Content-Type": FORM },
        ...(body === undefined ? {} : { body }),
      },
      { ...ONCE, signatureType: "body" },
    );
    expect(String(signed.body).startsWith(begin)).toBe(true);
    expect(signed.headers).toEqual({ "Content-Type": FORM });
    expect(signed.url).toBe(API);
  });

  it("leaves out a Content-Length that it has made wrong, and no other", async () => {
    const headers = { "content-length": "3", "Content-Type": FORM };
    const request = { method: "POST", url: API, headers, body: "a=1" };
    const longer = await sign(request, { ...ONCE, signatureType: "body" });
    expect(longer.headers).toEqual({ "Content-Type": FORM });
    expect((await sign(request, ONCE)).headers).toMatchObject(headers);
    const fields = await sign({ ...request, body: { a: "1" } }, ONCE);
    expect(fields.headers).not.toHaveProperty("content-length");
  });

  it("makes a form of a request that has no body", async () => {
    const signed = await sign({ method: "POST", url: API }, { ...ONCE, signatureType: "body" });
    expect(signed.headers).toEqual({ "Content-Type": FORM });
    expect(new URLSearchParams(String(signed.body)).get("oauth_consumer_key")).toBe("key");
  });
});

describe("forms", () => {
  it.each<[string, string | Record<string, unknown> | URLSearchParams]>([
    ["text without a Content-Type that reads as a form", "a=1&a=2&n=3&t=true"],
    ["an object", { a: ["1", 2], n: 3, t: true, none: undefined }],
    ["URLSearchParams", new URLSearchParams("a=1&a=2&n=3&t=true")],
  ])("%s: sent as text, with the Content-Type", async (_what, body) => {
    const signed = await sign({ method: "POST", url: API, body: body as string }, ONCE);
    expect(signed.body).toBe("a=1&a=2&n=3&t=true");
    expect(signed.headers["Content-Type"]).toBe(FORM);
    const declared = { "content-type": `${FORM.toUpperCase()}; charset=UTF-8` };
    const again = await sign(
      { method: "POST", url: API, headers: declared, body: body as string },
      ONCE,
    );
    expect(again.headers).toMatchObject(declared);
    expect(again.headers["Content-Type"]).toBeUndefined();
    expect(headerParameter(again.headers, "oauth_signature")).toBe(
      headerParameter(signed.headers, "oauth_signature"),
    );
  });

  it.each(['{"a":1}', "[1,2]", "two words", "<a>b</a>", "a=%zz", "a=é", ""])(
    "text without a Content-Type that is not a form is not changed: %j",
    async (body) => {
      const signed = await sign({ method: "POST", url: API, body }, ONCE);
      expect(signed.body).toBe(body);
      expect(signed.headers).toEqual({ Authorization: expect.any(String) });
      expect(headerParameter(signed.headers, "oauth_signature")).toBe(
        headerParameter(
          (await sign({ method: "POST", url: API }, ONCE)).headers,
          "oauth_signature",
        ),
      );
    },
  );

  it("an empty form is not a body, also for a GET", async () => {
    for (const body of [{}, new URLSearchParams()]) {
      const signed = await sign({ url: API, body }, ONCE);
      expect(signed.body).toBeUndefined();
      expect(signed.headers).toEqual({ Authorization: expect.any(String) });
    }
  });
});

describe("what cannot be signed", () => {
  const data = { status: CANARY.data };
  it.each<[string, object, Partial<OAuth1Credentials>, RegExp]>([
    [
      "multipart, and parameters",
      { headers: { "Content-Type": "multipart/form-data; boundary=x" }, body: data },
      {},
      /Content-Type is multipart/,
    ],
    [
      "the type of a form, and JSON",
      { headers: { "Content-Type": FORM }, body: JSON.stringify(data) },
      {},
      /not decodable/,
    ],
    [
      "the type of a form, and a bad escape",
      { headers: { "Content-Type": FORM }, body: "a=%zz" },
      {},
      /not decodable/,
    ],
    [
      "the type of a form, and bytes that are none",
      { headers: { "Content-Type": FORM }, body: new Uint8Array([97, 61, 233]) },
      {},
      /not decodable/,
    ],
    [
      "the type of a form, and a stream",
      { headers: { "Content-Type": FORM }, body: new Blob([]).stream() },
      {},
      /not decodable/,
    ],
    [
      "parameters, and another type",
      { headers: { "Content-Type": "application/json" }, body: data },
      {},
      /Content-Type is another/,
    ],
    [
      "parameters, and text",
      { headers: { "Content-Type": "text/plain" }, body: new URLSearchParams(data) },
      {},
      /Content-Type is another/,
    ],
    [
      "body placement, and JSON",
      { headers: { "Content-Type": "application/json" }, body: "{}" },
      { signatureType: "body" },
      /into a form/,
    ],
    [
      "body placement, and the type of JSON",
      { headers: { "Content-Type": "application/json" } },
      { signatureType: "body" },
      /into a form/,
    ],
    [
      "body placement, and bytes",
      { body: new Uint8Array([1]) },
      { signatureType: "body" },
      /into a form/,
    ],
    [
      "body placement, and a FormData",
      { body: new FormData() },
      { signatureType: "body" },
      /into a form/,
    ],
    ["GET with a form", { method: "GET", body: data }, {}, /GET request should have no form/],
    ["HEAD with a form", { method: "head", body: "a=1" }, {}, /HEAD request should have no form/],
    [
      "GET with body placement",
      { method: "GET" },
      { signatureType: "body" },
      /GET request should have no form/,
    ],
    ["a field in a field", { body: { a: { b: CANARY.data } } }, {}, /neither text, number/],
    ["a field that is null", { body: { a: null } }, {}, /neither text, number/],
    [
      "signed already, in the header",
      { headers: { authorization: `oauth oauth_token="${CANARY.token}"` } },
      {},
      /OAuth Authorization header/,
    ],
    [
      "signed already, in the header, for the query",
      { headers: { authorization: `OAuth a="b"` } },
      { signatureType: "query" },
      /OAuth Authorization header/,
    ],
    [
      "signed already, in the body",
      { body: { oauth_token: CANARY.token } },
      {},
      /body has OAuth parameters/,
    ],
    [
      "PLAINTEXT over http",
      { url: "http://api.example.com/" },
      { signatureMethod: "PLAINTEXT" },
      /needs https/,
    ],
    [
      "PLAINTEXT over http, to a look-alike",
      { url: "http://localhost.example.com/" },
      { signatureMethod: "PLAINTEXT" },
      /needs https/,
    ],
    [
      "a body hash of a stream",
      { body: new Blob([]).stream() },
      { forceIncludeBody: true },
      /cannot be read before/,
    ],
  ])("%s", async (_what, request, credentials, message) => {
    const work = () => sign({ method: "POST", url: API, ...request }, { ...ONCE, ...credentials });
    expect(await errorOf(work)).toMatchObject({
      name: "OAuthError",
      code: "REQUEST_UNSIGNABLE",
      message: expect.stringMatching(message),
    });
  });

  it("each has a message of its own", async () => {
    const five: (Partial<RequestToSign> & Pick<OAuth1Credentials, "signatureType">)[] = [
      { headers: { "Content-Type": "multipart/form-data" }, body: data },
      { headers: { "Content-Type": FORM }, body: "{}" },
      { headers: { "Content-Type": "text/plain" }, body: data },
      { signatureType: "body", body: new Uint8Array([1]) },
      { method: "GET", body: data },
    ];
    const messages = await Promise.all(
      five.map(async ({ signatureType = "header", ...request }) => {
        const { message } = await errorOf(() =>
          sign({ method: "POST", url: API, ...request }, { ...ONCE, signatureType }),
        );
        return message;
      }),
    );
    expect(new Set(messages).size).toBe(5);
  });

  it.each(["oauth_token", "oauth_signature", "oauth_nonce", "oauth_consumer_key"])(
    "a URL with %s in it",
    async (name) => {
      expect(
        await errorOf(() => sign({ url: `${API}?a=1&${name}=${CANARY.token}` }, ONCE)),
      ).toMatchObject({
        code: "TOKEN_IN_URL",
      });
    },
  );

  it("but a parameter that only looks like one belongs to the API", async () => {
    expect((await sign({ url: `${API}?oauth_flavour=1` }, ONCE)).url).toBe(
      `${API}?oauth_flavour=1`,
    );
  });
});

describe("body hash", () => {
  const SHA1_OF_HELLO = "Lve95gjOVATpfV8EL5X4nxwjKHE="; // of "Hello World!"
  const hashOf = async (request: object, credentials: object = { forceIncludeBody: true }) => {
    const { headers } = await sign(
      { method: "PUT", url: API, ...request },
      { ...ONCE, ...credentials },
    );
    return headerParameter(headers, "oauth_body_hash");
  };
  const text = { headers: { "Content-Type": "text/plain" }, body: "Hello World!" };

  it("is sent when it is asked for: the example of the extension (Appendix A.2)", async () => {
    expect(await hashOf(text)).toBe(SHA1_OF_HELLO);
    expect(await hashOf(text, {})).toBeUndefined();
    expect(await hashOf(text, { bodyHash: false })).toBeUndefined();
    expect(await hashOf(text, { bodyHash: "SHA-1" })).toBe(SHA1_OF_HELLO);
  });

  it.each([
    ["HMAC-SHA1", undefined, 28],
    ["HMAC-SHA256", undefined, 44],
    ["HMAC-SHA512", undefined, 88],
    ["PLAINTEXT", undefined, 28],
    ["HMAC-SHA256", "SHA-1", 28],
    ["HMAC-SHA1", "SHA-256", 44],
    ["HMAC-SHA1", "SHA-512", 88],
  ])(
    "goes with %s, and with %s where that is asked for",
    async (signatureMethod, bodyHash, length) => {
      const credentials = {
        signatureMethod,
        ...(bodyHash ? { bodyHash } : { forceIncludeBody: true }),
      };
      expect(await hashOf(text, credentials)).toHaveLength(length);
    },
  );

  it("is also of bytes that are not text", async () => {
    const bytes = new Uint8Array([0xff, 0xfe, 0x00, 0xd8]);
    const hash = createHash("sha1").update(bytes).digest("base64");
    for (const body of [
      bytes,
      bytes.buffer,
      new DataView(bytes.buffer),
      Buffer.from(bytes),
      new Uint8Array([0, ...bytes]).subarray(1),
    ]) {
      expect(await hashOf({ body })).toBe(hash);
    }
  });

  it("is not sent for forms, GET, HEAD or without a body", async () => {
    expect(await hashOf({ body: { a: "1" } })).toBeUndefined();
    expect(await hashOf({ ...text, method: "GET" })).toBeUndefined();
    expect(await hashOf({ ...text, method: "HEAD" })).toBeUndefined();
    expect(await hashOf({})).toBeUndefined();
    expect(await hashOf({ body: "" })).toBeUndefined();
  });

  it("multipart is not signed, and is hashed only as bytes", async () => {
    const headers = { "Content-Type": "multipart/form-data; boundary=x" };
    const body = "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--";
    expect(await hashOf({ headers, body }, {})).toBeUndefined();
    expect(await hashOf({ headers, body })).toHaveLength(28);
    const form = new FormData();
    const signed = await sign({ method: "POST", url: API, body: form as never }, ONCE);
    expect(signed.body).toBe(form);
    expect(signed.headers).toEqual({ Authorization: expect.any(String) });
  });
});

describe("custom methods", () => {
  it("get the base string and the secrets, and may take their time", async () => {
    const seen: unknown[] = [];
    const later: CustomSignatureMethod = {
      name: "LATER",
      sign: async (baseString, secrets) => {
        seen.push(baseString.slice(0, 8), secrets);
        await Promise.resolve();
        return "sig+/=";
      },
    };
    const { headers } = await sign(
      { url: API },
      { ...ONCE, signatureMethod: later, privateKey: "mine" },
    );
    expect(headerParameter(headers, "oauth_signature")).toBe("sig+/=");
    expect(headerParameter(headers, "oauth_signature_method")).toBe("LATER");
    expect(seen).toEqual([
      "GET&http",
      { clientSecret: CANARY.clientSecret, resourceOwnerSecret: "", privateKey: "mine" },
    ]);
  });

  it.each<[string, () => unknown]>([
    [
      "threw an error",
      () => {
        throw new Error(CANARY.clientSecret);
      },
    ],
    ["was rejected", () => Promise.reject(new Error(CANARY.clientSecret))],
    ["gave no text", () => undefined],
    ["gave no text", () => Promise.resolve("")],
    ["gave no text", () => ""],
  ])("that fail are a typed error: %s", async (what, work) => {
    const failing = { name: "FAILING", sign: work as () => string };
    const error = await errorOf(() => sign({ url: API }, { ...ONCE, signatureMethod: failing }));
    expect(error).toMatchObject({
      code: "REQUEST_UNSIGNABLE",
      message: expect.stringContaining(what),
    });
  });

  it.each([
    "HMAC-SHA1",
    "HMAC-SHA256",
    "HMAC-SHA512",
    "RSA-SHA1",
    "RSA-SHA256",
    "RSA-SHA512",
    "PLAINTEXT",
  ])("cannot replace %s", async (name) => {
    const signatureMethod = { name, sign: () => "x" };
    expect(await errorOf(() => sign({ url: API }, { ...ONCE, signatureMethod }))).toMatchObject({
      code: "CONFIGURATION_INVALID",
      problems: [expect.stringContaining("built-in")],
    });
  });

  it("need a name and a function", async () => {
    const signatureMethod = { name: `${CANARY.data}"`, sign: CANARY.data as never };
    expect(await errorOf(() => sign({ url: API }, { ...ONCE, signatureMethod }))).toMatchObject({
      problems: [
        expect.stringMatching(/^signatureMethod\.name/),
        expect.stringMatching(/^signatureMethod\.sign/),
      ],
    });
  });
});

it("the timestamp is the clock's time", async () => {
  const { timestamp: _once, ...credentials } = ONCE;
  const clock = new FakeClock(1_700_000_000_999);
  const { headers } = await sign({ url: API }, { ...credentials, clock });
  expect(headerParameter(headers, "oauth_timestamp")).toBe("1700000000");
});

it("PLAINTEXT is sent over https, and over http only to this machine", async () => {
  for (const url of [
    "https://api.example.com/",
    "http://127.0.0.1:1/",
    "http://[::1]/",
    "http://localhost/",
  ]) {
    const credentials = { ...ONCE, clientSecret: "a&b", signatureMethod: "PLAINTEXT" } as const;
    const { headers } = await sign(
      { url },
      { ...credentials, resourceOwnerKey: "t", resourceOwnerSecret: "é" },
    );
    expect(headerParameter(headers, "oauth_signature")).toBe("a%26b&%C3%A9");
  }
});

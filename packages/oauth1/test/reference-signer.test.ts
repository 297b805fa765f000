import { createHmac, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import OAuth from "oauth-1.0a";
import { baseString, isSignedBy, signatureOf } from "./support/reference-signer.ts";
import { accept } from "./support/reference-verifier.ts";
import { headerOf, type WireRequest } from "./support/wire-request.ts";

const FORM = "application/x-www-form-urlencoded";
const PRINTER = 'oauth_consumer_key="dpf43f3p2l4k3l03", oauth_signature_method="HMAC-SHA1"';
const PRINTER_SECRET = "kd94hf93k423kf44";

const wire = (
  line: string,
  host: string,
  authorization: string,
  { scheme = "http", form = undefined as string | undefined } = {},
): WireRequest => {
  const [method = "", target = ""] = line.split(" ");
  return {
    scheme: scheme as WireRequest["scheme"],
    method,
    target,
    headers: [
      ["Host", host],
      ["Authorization", authorization],
      ...(form === undefined ? [] : [["Content-Type", FORM] as const]),
    ],
    body: Buffer.from(form ?? ""),
  };
};

describe("published vectors", () => {
  it("RFC 5849 §3.4.1.1, with the signature of erratum 2550", () => {
    const request = wire(
      "POST /request?b5=%3D%253D&a3=a&c%40=&a2=r%20b",
      "example.com",
      'OAuth realm="Example", oauth_consumer_key="9djdj82h48djs9d2", oauth_token="kkk9d7dh3k39sjv7", oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131201", oauth_nonce="7d8f3e4a", oauth_signature="bYT5CMsGcbgUdFHObYMEfcx6bsw%3D"',
      { form: "c2&a3=2+q" },
    );
    const text = baseString(request);
    expect(text).toBe(
      "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7",
    );
    const secrets = { clientSecret: "j49sk3j29djd", tokenSecret: "dh893hdasih9" };
    expect(signatureOf(text, "HMAC-SHA1", secrets)).toBe("r6/TJjbCOr97/+UU0NsvSne7s5g=");
  });

  it.each([
    [
      "POST /initiate",
      "https",
      `oauth_timestamp="137131200", oauth_nonce="wIjqoS", oauth_callback="http%3A%2F%2Fprinter.example.com%2Fready"`,
      "",
      "74KNZJeDHnMBp0EMJ9ZHt/XKycU=",
    ],
    [
      "POST /token",
      "https",
      `oauth_token="hh5s93j4hdidpola", oauth_timestamp="137131201", oauth_nonce="walatlh", oauth_verifier="hfdp7dh39dks9884"`,
      "hdhd0244k9j7ao03",
      "gKgrFCywp7rO0OXSjdot/IHF7IU=",
    ],
    [
      "GET /photos?file=vacation.jpg&size=original",
      "http",
      `oauth_token="nnch734d00sl2jdk", oauth_timestamp="137131202", oauth_nonce="chapoH"`,
      "pfkkdhi9sl3r4s00",
      "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
    ],
    [
      "GET /photos?size=original&file=vacation.jpg",
      "http",
      `oauth_token="nnch734d00sl2jdk", oauth_timestamp="1191242096", oauth_nonce="kllo9940pd9333jh", oauth_version="1.0"`,
      "pfkkdhi9sl3r4s00",
      "tR3+Ty81lMeYAr/Fid0kMTYa/WM=",
    ],
  ])("RFC 5849 §1.2 and OAuth Core 1.0 A: %s", (line, scheme, rest, tokenSecret, signature) => {
    const header = `OAuth realm="Photos", ${PRINTER}, ${rest}`;
    const text = baseString(wire(line, "photos.example.net", header, { scheme }));
    const secrets = { clientSecret: PRINTER_SECRET, tokenSecret };
    expect(signatureOf(text, "HMAC-SHA1", secrets)).toBe(signature);
  });

  it("RFC 5849 §3.4.1.2: the two examples of the base string's URI", () => {
    const [first, second] = [
      wire("GET /r%20v/X?id=123", "EXAMPLE.COM:80", ""),
      wire("GET /?q=1", "www.example.net:8080", "", { scheme: "https" }),
    ].map((request) => decodeURIComponent(baseString(request).split("&")[1] ?? ""));
    expect([first, second]).toEqual([
      "http://example.com/r%20v/X",
      "https://www.example.net:8080/",
    ]);
  });
});

describe("the verifier", () => {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const secrets = { clientSecret: "c&s", tokenSecret: "t%s", privateKey };

  it("accepts each method's signature, and no other", () => {
    const methods = ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT"].concat(
      ["RSA-SHA1", "RSA-SHA256", "RSA-SHA512"], // prettier-ignore
    );
    for (const method of methods) {
      for (const signed of methods) {
        const signature = signatureOf("GET&a&b", signed, secrets);
        expect([method, signed, isSignedBy("GET&a&b", method, secrets, signature)]).toEqual([
          method,
          signed,
          method === signed,
        ]);
      }
    }
  });

  it("refuses a request in which anything was changed", () => {
    const unsigned = `OAuth ${PRINTER}, oauth_nonce="n", oauth_timestamp="1", oauth_version="1.0"`;
    const request = wire("POST /a?b=c", "example.com", unsigned, { form: "d=e" });
    const signature = createHmac("sha1", "s&").update(baseString(request)).digest("base64");
    const header = `${unsigned}, oauth_signature="${encodeURIComponent(signature)}"`;
    const signed = wire("POST /a?b=c", "example.com", header, { form: "d=e" });
    expect(accept(signed, { clientSecret: "s" }).placement).toBe("header");
    const changed: WireRequest[] = [
      wire("PUT /a?b=c", "example.com", header, { form: "d=e" }),
      wire("POST /A?b=c", "example.com", header, { form: "d=e" }),
      wire("POST /a?b=C", "example.com", header, { form: "d=e" }),
      wire("POST /a?b=c", "example.com:81", header, { form: "d=e" }),
      wire("POST /a?b=c", "example.com", header, { form: "d=e&f" }),
      wire("POST /a?b=c", "example.com", header, { form: "d=e", scheme: "https" }),
      wire("POST /a?b=c", "example.com", header.replace('"n"', '"N"'), { form: "d=e" }),
      wire("POST /a?b=c&oauth_nonce=n", "example.com", header, { form: "d=e" }),
      wire("POST /a?b=c", "example.com", `${header}, oauth_nonce="n"`, { form: "d=e" }),
    ];
    for (const each of changed) expect(() => accept(each, { clientSecret: "s" })).toThrow();
    expect(() => accept(signed, { clientSecret: "S" })).toThrow("this base string");
  });
});

/**
 * oauth-1.0a does not decode the names in a query, does not read `+` there as a space, and ends a value at its second `=`;
 * it keeps one of two equal names of query and form, and leaves the URL as it is. Apart from that it is right.
 */
it("agrees with the package oauth-1.0a where that is right", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 8 });
  const fields = fc.dictionary(text.filter(Boolean), text, { maxKeys: 4, noNullPrototype: true });
  const query = fc.dictionary(fc.stringMatching(/^q[a-zA-Z0-9._~-]{0,5}$/), text, { maxKeys: 4 });
  const methods = fc.constantFrom("HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512");
  fc.assert(
    fc.property(methods, fields, query, text, text, (method, form, search, key, secret) => {
      fc.pre(!Object.keys(form).some((name) => name in search));
      const digest = method.slice("HMAC-".length);
      const signer = new OAuth({
        consumer: { key, secret },
        signature_method: method,
        realm: "r",
        hash_function: (base, by) => createHmac(digest, by).update(base).digest("base64"),
      });
      const target = `/a/%7e;b?${Object.entries(search)
        .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
        .join("&")}`;
      const url = `http://example.com:8080${Object.keys(search).length > 0 ? target : "/a"}`;
      const data = { ...form };
      const oauth = signer.authorize({ url, method: "POST", data }, { key: secret, secret: key });
      const request = wire(
        `POST ${url.slice("http://example.com:8080".length)}`,
        "example.com:8080",
        signer.toHeader(oauth).Authorization,
        { form: new URLSearchParams(form).toString() },
      );
      expect(headerOf(request, "Content-Type")).toBe(FORM);
      const accepted = accept(request, { clientSecret: secret, tokenSecret: key });
      expect(accepted.oauth.get("oauth_consumer_key")).toBe(key);
    }),
    { seed: 5849, numRuns: 1000 },
  );
});

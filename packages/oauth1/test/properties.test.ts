// Takes about ten seconds on a small machine: thousands of random requests are signed, and some by RSA.
import { describe, expect, it } from "@jest/globals";
import { FakeClock } from "@grantkit/core/testing";
import { isOAuthError, sign, verify } from "@grantkit/oauth1";
import type { OAuth1Credentials, VerificationCredentials } from "@grantkit/oauth1";
import fc from "fast-check";
import { baseStringOf } from "./support/requests.ts";
import { PRIVATE_PEM, PUBLIC_PEM } from "./support/keys.ts";
import { METHODS } from "./support/signature-methods.ts";

// fast-check prints the seed and the smallest counterexample of a property that fails.
const RUNS = { numRuns: 1000 };
const PLACES = ["header", "query", "body"] as const;
const clock = new FakeClock();

/** Any character, without halves of surrogate pairs: as fast-check's unit "binary", which takes a second to set up. */
const codePoint = fc
  .nat(0x10_f7ff)
  .map((index) => String.fromCodePoint(index < 0xd800 ? index : index + 0x800));
/** Text of any characters; half of it is ASCII, with names such as `__proto__`. */
const text = fc.oneof(fc.string(), fc.string({ unit: codePoint }));
const credential = text.filter((value) => value !== "" && value.trim() === value);
const parameters = fc.array(fc.tuple(text, text), { maxLength: 8 });
/** Path segments, escaped or not. */
const path = fc.array(
  fc.oneof(
    text.map(encodeURIComponent),
    fc.string({
      unit: fc.constantFrom(...Array.from("aZ09-._~!$&'()*+,;=:@"), "%20", "%2F", "%c3%a9"),
    }),
  ),
  { maxLength: 4 },
);
/** Queries and forms as somebody may type them: mostly well formed. */
const raw = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "&",
        "=",
        "+",
        "%",
        "%20",
        "%C3%A9",
        "%E9",
        ";",
        "'",
        "a",
        "é",
        "\ud800",
        "{",
        " ",
      ),
      text,
    ),
    {
      maxLength: 12,
    },
  )
  .map((pieces) => pieces.join(""));

const verifyingAny = (known: VerificationCredentials) => (request: Parameters<typeof verify>[0]) =>
  verify(request, () => known, {
    clock,
    signatureMethods: METHODS,
    useNonce: false,
    requireBodyHash: false,
  });

describe.each(METHODS)("%s: what is signed is verified", (signatureMethod) => {
  it.each(PLACES)("in the %s, whatever characters there are", async (signatureType) => {
    // RSA is a hundred times slower.
    const numRuns = signatureMethod.startsWith("RSA") ? 50 : 200;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          clientKey: credential,
          clientSecret: credential,
          resourceOwnerKey: credential,
          resourceOwnerSecret: credential,
        }),
        text,
        path,
        parameters,
        parameters,
        async (secrets, callback, segments, query, form) => {
          const url = `https://api.example.com/${segments.join("/")}?${new URLSearchParams(query).toString()}`;
          const credentials: OAuth1Credentials = {
            ...secrets,
            signatureMethod,
            signatureType,
            clock,
            callbackUri: `https://app.example.com/?x=${callback}`,
            ...(signatureMethod.startsWith("RSA") ? { privateKey: PRIVATE_PEM } : {}),
          };
          const signed = await sign(
            { method: "POST", url, body: new URLSearchParams(form) },
            credentials,
          );
          const verified = await verifyingAny({ ...secrets, publicKey: PUBLIC_PEM })(signed);
          expect(verified).toMatchObject({
            clientKey: secrets.clientKey,
            resourceOwnerKey: secrets.resourceOwnerKey,
            callbackUri: credentials.callbackUri,
          });
          const names = new URLSearchParams([...query, ...form]);
          expect([...verified.parameters]).toEqual(
            [...names].map(([name, value]) => [name, value]),
          );
        },
      ),
      { numRuns },
    );
  });
});

it("any typed URL and body is refused with a typed error or signed as it is sent", async () => {
  const known = { clientSecret: "secret" };
  let signatures = 0;
  await fc.assert(
    fc.asyncProperty(
      raw,
      raw,
      raw,
      fc.constantFrom(...PLACES),
      async (directory, query, body, signatureType) => {
        const request = {
          method: "POST",
          url: `https://api.example.com/${directory}?${query}`,
          body,
        };
        const credentials = { clientKey: "key", ...known, clock, signatureType };
        const signed = await sign(request, credentials).catch((error: unknown) => {
          expect(isOAuthError(error)).toBe(true);
          return undefined;
        });
        if (!signed) return;
        signatures += 1;
        expect(new URL(signed.url).href).toBe(signed.url);
        if (signatureType !== "body") expect(signed.body).toBe(body);
        expect(await verifyingAny(known)(signed)).toMatchObject({ clientKey: "key" });
      },
    ),
    { numRuns: 1000 },
  );
  expect(signatures).toBeGreaterThan(100);
});

it("any request without a valid signature is refused with a typed error", async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "OAuth ",
      "oauth_nonce",
      "oauth_signature",
      '="',
      '"',
      ", ",
      "\\",
      "%",
      "realm",
      "=",
    ),
    text,
  );
  const header = fc.array(piece, { maxLength: 20 }).map((pieces) => `OAuth ${pieces.join("")}`);
  await fc.assert(
    fc.asyncProperty(header, raw, raw, async (authorization, query, body) => {
      const request = {
        method: "POST",
        url: `https://api.example.com/?${query.replaceAll(/\p{Surrogate}/gu, "")}`,
        headers: { authorization, "content-type": "application/x-www-form-urlencoded" },
        body,
      };
      const outcome = await verifyingAny({ clientSecret: "secret" })(request).catch(
        (error: unknown) => error,
      );
      expect(isOAuthError(outcome) && outcome.code).toBe("INVALID_REQUEST");
    }),
    RUNS,
  );
});

/** RFC 5849 §3.6 and §3.4.1.3.2 word by word, on bytes. */
function normalized(pairs: readonly (readonly [string, string])[]): string[] {
  const encode = (value: string) =>
    [...Buffer.from(value)]
      .map((byte) =>
        /[A-Za-z0-9\-._~]/.test(String.fromCharCode(byte))
          ? String.fromCharCode(byte)
          : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
      )
      .join("");
  return pairs
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .toSorted(
      ([name, value], [otherName, otherValue]) =>
        Buffer.compare(Buffer.from(name), Buffer.from(otherName)) ||
        Buffer.compare(Buffer.from(value), Buffer.from(otherValue)),
    )
    .map(([name, value]) => `${name}=${value}`);
}

it("parameters are encoded and sorted as the RFC says, byte by byte", async () => {
  const short = fc.string({
    unit: fc.constantFrom("a", "A", "-", ".", "~", "_", "%", "=", "&", " ", "é", "～", "𝒳", "0"),
    maxLength: 3,
  });
  const pairs = fc.array(fc.tuple(fc.oneof(short, text), fc.oneof(short, text)), {
    maxLength: 8,
    minLength: 1,
  });
  await fc.assert(
    fc.asyncProperty(pairs, pairs, async (query, form) => {
      const url = `https://api.example.com/?${new URLSearchParams(query).toString()}`;
      const base = await baseStringOf({ method: "POST", url, body: new URLSearchParams(form) });
      expect(base.parameters).toEqual(normalized([...query, ...form]));
    }),
    RUNS,
  );
});

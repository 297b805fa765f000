import { createHash, generateKeyPairSync } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { sign } from "@grantkit/oauth1";
import fc from "fast-check";
import { randomRequests, type RandomRequest } from "./support/random-requests.ts";
import { RSA_METHODS, SECRET_METHODS } from "./support/signature-methods.ts";
import { formPairs, headerPairs, type Pair } from "./support/reference-signer.ts";
import { accept } from "./support/reference-verifier.ts";
import { headerOf, onTheWire, type WireRequest } from "./support/wire-request.ts";

const FORM = /^application\/x-www-form-urlencoded(;|$)/i;
const SEED = Number(process.env["SIGNATURE_SEED"] ?? 5849);

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

const shown = (pairs: readonly Pair[]): string[] =>
  pairs.map(([name, value]) => `${name.toString("latin1")} = ${value.toString("latin1")}`);

/** The form fields as the caller meant them. */
function formOf({ body, headers }: RandomRequest["request"]): string[] {
  const isForm = Object.values(headers ?? {}).some((value) => FORM.test(String(value)));
  if (body === undefined || !isForm) return [];
  if (typeof body === "string") return shown(formPairs(body));
  if (body instanceof URLSearchParams) return shown(formPairs(body.toString()));
  if (body instanceof Uint8Array) return shown(formPairs(Buffer.from(body).toString("latin1")));
  if (body instanceof ArrayBuffer) return formOf({ headers, body: new Uint8Array(body) } as never);
  const fields = Object.entries(body).flatMap(([name, value]) =>
    [value].flat().map((each): Pair => [Buffer.from(name), Buffer.from(String(each))]),
  );
  return shown(fields);
}

const definedOnly = (record: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

/** What a receiver must find, by what the caller passed. */
function meant({ request, credentials }: RandomRequest): Record<string, unknown> {
  const { nonce, timestamp, signatureType } = credentials;
  const all = {
    method: request.method.toUpperCase(),
    placement: signatureType,
    // In the header only.
    realm: signatureType === "header" ? credentials.realm : undefined,
    query: shown(formPairs(new URL(request.url).search.slice(1))),
    form: formOf(request),
    oauth_consumer_key: credentials.clientKey,
    oauth_token: credentials.resourceOwnerKey,
    oauth_callback: credentials.callbackUri,
    oauth_verifier: credentials.verifier,
    oauth_signature_method: credentials.signatureMethod,
    ...(nonce !== undefined && { oauth_nonce: nonce }),
    ...(timestamp !== undefined && { oauth_timestamp: String(timestamp) }),
  };
  return definedOnly(all);
}

function bodyHashOf(
  wire: WireRequest,
  credentials: RandomRequest["credentials"],
): string | undefined {
  const isForm = FORM.test(headerOf(wire, "Content-Type") ?? "");
  if (!credentials.forceIncludeBody || isForm || wire.body.length === 0) return undefined;
  const digest = credentials.signatureMethod.split("-")[1] ?? "sha1";
  return createHash(digest).update(wire.body).digest("base64");
}

async function agree(random: RandomRequest): Promise<void> {
  const { request, credentials } = random;
  const isRsa = credentials.signatureMethod.startsWith("RSA-");
  const wire = onTheWire(await sign(request, { ...credentials, ...(isRsa && { privateKey }) }));
  const accepted = accept(wire, {
    clientSecret: credentials.clientSecret ?? "",
    tokenSecret: credentials.resourceOwnerSecret ?? "",
    privateKey,
  });
  // New in each request for which the caller passed none.
  const { oauth_nonce: nonce, oauth_timestamp: timestamp } = Object.fromEntries(accepted.oauth);
  const { oauth_signature: _, ...said } = Object.fromEntries(accepted.oauth);
  const read = definedOnly({
    method: wire.method,
    placement: accepted.placement,
    realm: headerPairs(headerOf(wire, "Authorization") ?? "").realm,
    query: shown(accepted.query),
    form: shown(accepted.form),
    ...said,
  });
  const expected = {
    oauth_nonce: nonce,
    oauth_timestamp: timestamp,
    oauth_version: "1.0",
    ...definedOnly({ oauth_body_hash: bodyHashOf(wire, credentials) }),
    ...meant(random),
  };
  // Jest's own comparison takes as long as the signature, ten thousand times: it is there to show what differs.
  if (!isDeepStrictEqual(read, expected)) expect(read).toEqual(expected);
}

describe("a second implementation verifies 10,000 random signed requests and reads what was meant", () => {
  it.each([
    ["HMAC and PLAINTEXT", SECRET_METHODS, 9000],
    ["RSA", RSA_METHODS, 1000],
  ])("%s", async (_, methods, numRuns) => {
    await fc.assert(fc.asyncProperty(randomRequests(methods), agree), { seed: SEED, numRuns });
  });
});

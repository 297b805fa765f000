import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startOAuth1, type OAuth1Emulator } from "@grantkit/emulator";
import { defineOAuth1Provider, OAuth1Session, type OAuth1Token, sign } from "@grantkit/oauth1";
import fc from "fast-check";
import { randomRequests, type RandomRequest } from "./support/random-requests.ts";
import { RSA_METHODS, SECRET_METHODS } from "./support/signature-methods.ts";
import { formPairs, type Pair } from "./support/reference-signer.ts";

// What breaks whoever encodes or decodes a key once too often, or not at all.
const CLIENT = { clientId: "key %2F+é&=\"'", clientSecret: "s€cret&%25+𝒳 ~" };

let emulator: OAuth1Emulator;
let token: OAuth1Token;
let privateKey: string;

beforeAll(async () => {
  emulator = await startOAuth1({ ...CLIENT, credentials: "awkward" });
  privateKey = await emulator.createConsumerKey();
  const { api, ...endpoints } = emulator.endpoints;
  const session = new OAuth1Session({
    provider: defineOAuth1Provider({ name: "example", endpoints, api: { baseUrl: api } }),
    clientKey: CLIENT.clientId,
    clientSecret: CLIENT.clientSecret,
    callbackUri: "http://127.0.0.1:9/cb",
  });
  await session.fetchRequestToken();
  session.parseAuthorizationResponse(await emulator.authorize(session.authorizationUrl()));
  token = await session.fetchAccessToken();
});
afterAll(() => emulator.close());

const texts = (pairs: readonly Pair[]): [string, string][] =>
  pairs.map(([name, value]) => [name.toString(), value.toString()]);

/** The request at the emulator: path and query are the random ones, as far as the path stays below the echo's. */
function addressed({ request }: RandomRequest): URL {
  const { pathname, search } = new URL(request.url);
  const url = new URL(`${emulator.endpoints.api}/echo/x${pathname}${search}`);
  return url.pathname.startsWith("/api/echo/") ? url : new URL(`/api/echo/x${search}`, url);
}

async function accepted(random: RandomRequest): Promise<void> {
  const { request, credentials } = random;
  const url = addressed(random);
  const { hOST: _, ...headers } = request.headers as Record<string, string>;
  const { signatureMethod, signatureType, callbackUri, verifier, forceIncludeBody } = credentials;
  const isTwoLegged = credentials.resourceOwnerKey === undefined;
  const signed = await sign(
    { ...request, url, headers },
    {
      clientKey: CLIENT.clientId,
      clientSecret: CLIENT.clientSecret,
      signatureMethod,
      ...(signatureType !== undefined && { signatureType }),
      ...(callbackUri !== undefined && { callbackUri }),
      ...(verifier !== undefined && { verifier }),
      ...(forceIncludeBody !== undefined && { forceIncludeBody }),
      ...(!isTwoLegged && { resourceOwnerKey: token.key, resourceOwnerSecret: token.secret }),
      ...(signatureMethod.startsWith("RSA-") && { privateKey }),
    },
  );
  const response = await fetch(signed.url, signed);
  const text = await response.text();
  expect([response.status, text]).toEqual([200, expect.any(String)]);
  if (signed.method === "HEAD") return;
  expect(JSON.parse(text)).toMatchObject({
    method: signed.method,
    user: isTwoLegged ? null : "ada_l",
    signatureMethod: signatureMethod,
    placement: signatureType,
    query: texts(formPairs(url.search.slice(1))),
  });
}

describe("an independent server accepts random signed requests over HTTP", () => {
  it.each([
    ["HMAC and PLAINTEXT", SECRET_METHODS, 350],
    ["RSA", RSA_METHODS, 150],
  ])("%s", async (_, methods, numRuns) => {
    await fc.assert(fc.asyncProperty(randomRequests(methods), accepted), {
      seed: Number(process.env["SIGNATURE_SEED"] ?? 5849),
      numRuns,
    });
  });
});

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { generateDpopKey, type OAuth2Client } from "@grantkit/core";
import { generateKeyPairSync } from "node:crypto";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import { GOOD, TokenEndpoint } from "./support/token-endpoint.ts";

let endpoint: TokenEndpoint;
let client: OAuth2Client;

const BOUND = { ...GOOD, token_type: "DPoP" };
const NONCE_ASKED = { status: 400, body: { error: "use_dpop_nonce" } };

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
  client = endpoint.client({}, { dpop: true });
  endpoint.answer({ body: BOUND });
});

afterEach(() => endpoint.close());

/** The nonce of each proof that was sent. */
const nonces = (): unknown[] =>
  endpoint.requests.map(({ headers }) => {
    const payload = String(headers["dpop"]).split(".")[1] ?? "";
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as { nonce?: unknown };
    return claims.nonce;
  });

const fetchToken = () => client.fetchClientCredentialsToken();

describe("a client with dpop at the token endpoint", () => {
  it("refuses a token that is not bound to its key (RFC 9449 §5)", async () => {
    endpoint.answer({ body: GOOD });
    expect(await rejectionOf(fetchToken())).toMatchObject({
      code: "TOKEN_RESPONSE_INVALID",
      details: { field: "token_type" },
    });
  });

  it("and one without dpop refuses a token that is bound to a key", async () => {
    expect(await rejectionOf(endpoint.client().fetchClientCredentialsToken())).toMatchObject({
      code: "TOKEN_RESPONSE_INVALID",
      details: { field: "token_type" },
    });
    expect(endpoint.requests[0]?.headers["dpop"]).toBeUndefined();
  });

  it("uses the newest nonce of the server, also one that comes with a success", async () => {
    let count = 0;
    endpoint.answer(() => {
      count += 1;
      return { headers: { "dpop-nonce": `n-${count}` }, body: BOUND };
    });
    for (let call = 0; call < 3; call += 1) await fetchToken();
    expect(nonces()).toEqual([undefined, "n-1", "n-2"]);
  });

  it("repeats a request once with the nonce that the server asks for", async () => {
    endpoint.answer({ ...NONCE_ASKED, headers: { "dpop-nonce": "n-1" } });
    expect(await rejectionOf(fetchToken())).toMatchObject({
      code: "PROVIDER_ERROR",
      error: "use_dpop_nonce",
    });
    expect(nonces()).toEqual([undefined, "n-1"]);
  });

  it.each([
    ["there is none", undefined],
    ["it is no nonce", 'a"b'],
  ])("does not repeat a request when the server asks for a nonce and %s", async (_name, nonce) => {
    endpoint.answer({
      ...NONCE_ASKED,
      headers: nonce === undefined ? {} : { "dpop-nonce": nonce },
    });
    expect(await rejectionOf(fetchToken())).toMatchObject({ error: "use_dpop_nonce" });
    expect(endpoint.requests).toHaveLength(1);
  });

  it("does not repeat a request after another error that has a nonce", async () => {
    endpoint.answer({
      status: 400,
      headers: { "dpop-nonce": "n-1" },
      body: { error: "invalid_grant" },
    });
    expect(await rejectionOf(fetchToken())).toMatchObject({ code: "INVALID_GRANT" });
    expect(endpoint.requests).toHaveLength(1);
  });

  it("sends a new proof of the same key in each of fifty parallel requests", async () => {
    await Promise.all(Array.from({ length: 50 }, fetchToken));
    const proofs = endpoint.requests.map(({ headers }) => String(headers["dpop"]));
    expect(new Set(proofs).size).toBe(50);
    expect(new Set(proofs.map((proof) => proof.split(".")[0])).size).toBe(1);
  });

  it.each([
    ["a public key", async () => ({ key: (await generateDpopKey()).x as string })],
    [
      "a key that is too short",
      () => ({ key: generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey }),
    ],
    ["junk", () => ({ key: CANARY.clientSecret })],
  ])(
    "is refused with a ConfigurationError that shows nothing of the key: %s",
    async (_name, option) => {
      client = endpoint.client({}, { dpop: await option() });
      const error = await rejectionOf(fetchToken());
      expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
      expectNoCanary(error);
      expect(endpoint.requests).toEqual([]);
    },
  );
});

import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import { FaultyProvider, halfHash, signingKey, SUBJECT } from "./support/faulty-provider.ts";
import { GOOD, TokenEndpoint } from "./support/token-endpoint.ts";

const VERIFIER = "phone-verifier-phone-verifier-phone-verifier";
const KEY = signingKey("RS256", "first");

let endpoint: TokenEndpoint;
let openId: FaultyProvider;
beforeEach(async () => {
  [endpoint, openId] = await Promise.all([TokenEndpoint.start(), FaultyProvider.start(KEY)]);
});
afterEach(() => Promise.all([endpoint.close(), openId.close()]));

/** Gives tokens only for the code, its redirect URI and the verifier of its challenge, if it had one. */
function insist(redirectUri: string, challenge?: string): void {
  endpoint.answer(({ body }) => {
    const form = new URLSearchParams(body);
    const verifier = form.get("code_verifier");
    const proof = verifier === null ? undefined : sha256(verifier);
    const isRight =
      form.get("grant_type") === "authorization_code" &&
      form.get("code") === CANARY.code &&
      form.get("redirect_uri") === redirectUri &&
      proof === challenge;
    return isRight ? { body: GOOD } : { status: 400, body: { error: "invalid_grant" } };
  });
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64url");

describe("fetchTokenByCode", () => {
  it("exchanges the code of a popup in a page (postmessage)", async () => {
    insist("postmessage");
    const token = await endpoint
      .client()
      .fetchTokenByCode(CANARY.code, { redirectUri: "postmessage" });
    expect(token).toMatchObject({ accessToken: GOOD["access_token"], scope: ["read", "write"] });
    expect(endpoint.form()).not.toHaveProperty("scope");
  });

  it("exchanges the code of a phone with the phone's verifier and redirect URI", async () => {
    const redirectUri = "com.example.app:/callback";
    insist(redirectUri, sha256(VERIFIER));
    const options = { redirectUri, codeVerifier: VERIFIER };
    const token = await endpoint.client().fetchTokenByCode(CANARY.code, options);
    expect(token.accessToken).toBe(GOOD["access_token"]);
  });

  it("sends an empty redirect URI, as codes of a phone's own sign-in need it", async () => {
    insist("");
    await endpoint.client().fetchTokenByCode(CANARY.code, { redirectUri: "" });
    expect(endpoint.requests[0]?.body).toContain("redirect_uri=&");
  });

  it("sends further parameters and runs the hooks of a token request", async () => {
    const client = endpoint.client(
      {},
      {
        hooks: {
          tokenRequest: (request, { grant }) => ({
            ...request,
            body: { ...request.body, grant } as never,
          }),
        },
      },
    );
    await client.fetchTokenByCode(CANARY.code, {
      redirectUri: "postmessage",
      parameters: { device_id: "7" },
    });
    expect(endpoint.form()).toMatchObject({ device_id: "7", grant: "authorization_code" });
  });

  it("compares the granted scope with the given one, and with nothing otherwise", async () => {
    const client = endpoint.client();
    const redirectUri = "postmessage";
    const asked = await client.fetchTokenByCode("c", { redirectUri, scope: ["read", "admin"] });
    expect(asked.scopeChange).toEqual({ missing: ["admin"], additional: ["write"] });
    expect((await client.fetchTokenByCode("c", { redirectUri })).scopeChange).toBeUndefined();
  });

  it("says what to do when the code was refused, and shows neither code nor verifier", async () => {
    insist("postmessage");
    const options = { redirectUri: "postmessage", codeVerifier: VERIFIER };
    const error = await rejectionOf(endpoint.client().fetchTokenByCode(CANARY.code, options));
    expect(error).toMatchObject({ code: "INVALID_GRANT" });
    expectNoCanary(error, VERIFIER);
  });

  it.each<[string, unknown, unknown, RegExp]>([
    ["no code", undefined, { redirectUri: "postmessage" }, /^code must be/],
    ["an empty code", "", { redirectUri: "postmessage" }, /^code must be/],
    [
      "a callback",
      `https://app.example.com/cb?code=${CANARY.code}`,
      { redirectUri: "postmessage" },
      /^code is a URL: pass the callback of a sign-in to fetchToken\(\)/,
    ],
    ["no options", "c", undefined, /^redirectUri is missing/],
    ["no redirect URI", "c", {}, /^redirectUri is missing/],
    ["a redirect URI with a line break", "c", { redirectUri: "a\nb" }, /^redirectUri must be/],
    ["a short verifier", "c", { redirectUri: "", codeVerifier: "short" }, /^codeVerifier must be/],
    ["an empty verifier", "c", { redirectUri: "", codeVerifier: "" }, /^codeVerifier must be/],
    ["an empty nonce", "c", { redirectUri: "", nonce: "" }, /^nonce must be/],
    ["a nonce that nobody can check", "c", { redirectUri: "", nonce: "n" }, /^nonce needs a prov/],
    ["openid without keys", "c", { redirectUri: "", scope: ["openid"] }, /^the scope has openid/],
    ["a state", "c", { redirectUri: "", state: "s" }, /^state is not an option/],
  ])("refuses %s before anything is sent", async (_what, code, options, problem) => {
    const error = await rejectionOf(
      endpoint.client().fetchTokenByCode(code as string, options as never),
    );
    expect(error).toMatchObject({ problems: [expect.stringMatching(problem)] });
    expect(endpoint.requests).toEqual([]);
  });

  it("refuses a verifier where the definition has no PKCE", async () => {
    const client = endpoint.client({ pkce: false });
    const options = { redirectUri: "", codeVerifier: VERIFIER };
    expect(await rejectionOf(client.fetchTokenByCode("c", options))).toMatchObject({
      problems: [expect.stringMatching(/^codeVerifier cannot be sent/)],
    });
    expect(endpoint.requests).toEqual([]);
  });
});

describe("the ID token of a code that was begun elsewhere", () => {
  const redirectUri = "postmessage";

  it("is verified, its nonce too if one is given", async () => {
    const client = openId.client();
    openId.fault = { claims: { nonce: "of the phone" } };
    const plain = await client.fetchTokenByCode("c", { redirectUri });
    expect(plain.claims).toMatchObject({ sub: SUBJECT });
    const strict = await client.fetchTokenByCode("c", { redirectUri, nonce: "of the phone" });
    expect(strict.claims).toMatchObject({ nonce: "of the phone" });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["another nonce", { nonce: "another" }, "nonce"],
    ["no nonce", { nonce: undefined }, "nonce"],
    ["another audience", { aud: "other", nonce: "n" }, "aud"],
    ["the hash of another access token", { at_hash: halfHash("other"), nonce: "n" }, "at_hash"],
  ])("is refused with %s", async (_what, claims, claim) => {
    openId.fault = { claims };
    const work = openId.client().fetchTokenByCode("c", { redirectUri, nonce: "n" });
    expect(await rejectionOf(work)).toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim },
    });
  });

  it("is refused with a wrong signature", async () => {
    openId.fault = { sign: () => Buffer.alloc(64) };
    const work = openId.client().fetchTokenByCode("c", { redirectUri });
    expect(await rejectionOf(work)).toMatchObject({ code: "ID_TOKEN_INVALID" });
  });

  it.each<[string, object]>([
    ["a nonce is given", { nonce: "n" }],
    ["openid is among the given scopes", { scope: ["openid"] }],
  ])("must be there when %s", async (_what, given) => {
    openId.tokenFields = { id_token: undefined };
    const client = openId.client();
    const work = client.fetchTokenByCode("c", { redirectUri, ...given });
    expect(await rejectionOf(work)).toMatchObject({ code: "TOKEN_RESPONSE_INVALID" });
    expect((await client.fetchTokenByCode("c", { redirectUri })).claims).toBeUndefined();
  });
});

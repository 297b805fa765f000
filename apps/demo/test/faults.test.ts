// What the faults of a sign-in do, and what the page says about them; faults.browser.test.ts has the others.
import { describe, expect, it } from "@jest/globals";
import { explained, servedDemo, signInWith } from "./faults.ts";
import { allow, PlainBrowser } from "./support.ts";

const served = servedDemo(false);
const browser = (): PlainBrowser => new PlainBrowser(served().url);

describe("a fault of a sign-in", () => {
  it.each([
    ["google", "id-token-wrong-issuer", "ID_TOKEN_INVALID", "iss is wrong"],
    ["google", "id-token-wrong-audience", "ID_TOKEN_INVALID", "aud is wrong"],
    ["google", "id-token-wrong-nonce", "ID_TOKEN_INVALID", "nonce is not the one"],
    ["google", "id-token-missing-nonce", "ID_TOKEN_INVALID", "nonce is not the one"],
    ["google", "id-token-wrong-at-hash", "ID_TOKEN_INVALID", "at_hash does not fit"],
    ["google", "token-admin-policy", "ACCESS_DENIED", "read the error admin_policy_enforced"],
    ["google", "token-reauthentication", "INVALID_GRANT", "read the error invalid_grant"],
    ["google", "token-client-deleted", "INVALID_CLIENT", "read the error deleted_client"],
    ["google", "wrong-state", "STATE_MISMATCH", "refused it before it sent anything"],
    ["google", "repeated-parameter", "CALLBACK_INVALID", "repeats the parameter code"],
    ["google", "no-code", "CODE_MISSING", "refused it before it sent anything"],
    ["google", "server-error", "SERVER_ERROR", "read the error in the callback"],
    ["google", "wrong-verifier", "INVALID_GRANT", "Invalid code verifier"],
    ["google", "clock-behind", "CLOCK_SKEW", "behind that of google"],
    ["github", "token-disconnect", "NETWORK_ERROR", "It did not retry: the request spends"],
    ["github", "token-html", "TOKEN_RESPONSE_INVALID", "neither JSON nor a form"],
    ["github", "token-unavailable", "SERVER_ERROR", "POST /login/oauth/access_token : 503"],
    ["github", "wrong-secret", "INVALID_CLIENT", "read the error incorrect_client_credentials"],
    ["github", "replayed-callback", "INVALID_GRANT", "read the error bad_verification_code"],
    ["facebook", "token-throttled-long", "RATE_LIMITED", "429"],
    ["facebook", "wrong-iss", "ISSUER_MISMATCH", "no code was used"],
    ["facebook", "wrong-secret", "INVALID_CLIENT", "read the error OAuthException"],
    ["microsoft", "key-of-another-issuer", "ID_TOKEN_INVALID", "signs for another issuer"],
    ["microsoft", "token-consent-required", "INTERACTION_REQUIRED", "AADSTS65001"],
    ["microsoft", "token-mfa-required", "INTERACTION_REQUIRED", "AADSTS50076"],
  ])("at %s, %s, ends with %s and is explained: %s", async (provider, fault, code, words) => {
    const visitor = browser();
    await signInWith(visitor, provider, fault);
    const text = await explained(visitor);
    expect(text).toMatch(new RegExp(`^(?!It failed)[A-Z][^:]+: ${code} `));
    expect(text).toContain(`The error that an app gets ${code} `);
    expect(text).toContain(words);
    expect(text).toContain("The fault that you chose:");
    expect(text).toContain("What to do next");
  });

  it.each([
    ["google", "no-iss"],
    ["github", "no-iss"],
    ["google", "rotated-keys"],
    ["github", "unknown-scope"],
  ])("at %s, %s, lets the sign-in succeed, as the page says", async (provider, fault) => {
    const visitor = browser();
    await signInWith(visitor, provider, fault);
    const text = await explained(visitor);
    expect(text).toMatch(/^Signed in The fault that you chose:/);
    expect(text).toContain("What the SDK did");
  });

  it("marks the exchange that the error is about: the one with the ID token, not the last one", async () => {
    const visitor = browser();
    await signInWith(visitor, "google", "id-token-forged-signature");
    const text = await explained(visitor);
    expect(text).toMatch(/Where: exchange 3 of [34] , POST \/token : 200/);
    const page = await (await visitor.get("/")).text();
    expect(page.match(/Here it failed:/g)).toHaveLength(1);
    expect(page).toMatch(/Here it failed:<\/p>\s*<details class="exchange" id="exchange-3"/);
  });

  it.each([
    ["id-token-forged-signature", "A key other than Google's signed it. Check who answered"],
    ["id-token-wrong-issuer", "Compare its iss with the issuer in the client's definition."],
    ["id-token-wrong-audience", "Compare its aud with the client ID"],
    ["id-token-wrong-nonce", "The ID token belongs to another sign-in: store each"],
    ["id-token-wrong-at-hash", "It did not come with this access token."],
    ["id-token-expired", "It is an old one: let the user sign in again"],
  ])("in an ID token, %s, has the advice of the check that failed: %s", async (fault, advice) => {
    const visitor = browser();
    await signInWith(visitor, "google", fault);
    expect(await explained(visitor)).toContain(
      `What to do next Do not sign the user in. ${advice}`,
    );
  });

  it("that keeps the browser at the provider has the headings of an error, with the client ID and the redirect URI", async () => {
    const visitor = browser();
    await visitor.signIn("github", { fault: "unknown-client" });
    const text = await explained(visitor);
    expect(text).toContain("GitHub has not sent you back Where: at GitHub, in your browser.");
    expect(text).toContain(
      "What the SDK did It built the authorization request, and has heard nothing since.",
    );
    expect(text).toContain("What to do next Copy the client ID");
    expect(text).toContain(`letter by letter: ${served().url}/callback/github invalid_client`);
    expect(text).toContain("GitHub's console: unknown-client");
    expect(text).toContain("The error that an app gets None: the callback never comes.");
  });

  it("that added a scope does not blame the field Scopes", async () => {
    const visitor = browser();
    await visitor.signIn("google", { fault: "unknown-scope", scope: "openid" });
    const text = await explained(visitor);
    expect(text).toContain("The switch added it. In your app, remove it from scope.");
    expect(text).not.toContain("field Scopes");
  });

  it("has keys that were rotated fetched again, although the old ones are in memory", async () => {
    const fetches = async (): Promise<boolean> => {
      const visitor = browser();
      await signInWith(visitor, "google", "id-token-forged-signature");
      return (await explained(visitor)).includes("fetched the provider's public keys");
    };
    const visitor = browser();
    await signInWith(visitor, "google", "");
    // No fetch: the keys are in memory.
    const before = await fetches();
    await signInWith(visitor, "google", "rotated-keys");
    expect(await explained(visitor)).toContain("fetched the provider's public keys");
    expect(before).toBe(false);
  });
});

describe("a sign-in that stays at the provider", () => {
  it("has advice for each error page of the provider, and names the scopes that may be misspelt", async () => {
    const visitor = browser();
    await visitor.signIn("google", { scope: "openid emial" });
    const text = await explained(visitor);
    expect(text).toContain("What to do next If Google showed an error page:");
    expect(text).toContain(
      `redirect_uri_mismatch : register the redirect URI that the request has, letter by letter: ${served().url}/callback/google `,
    );
    expect(text).toContain(
      "invalid_scope : correct the field Scopes. Not among the scopes that the playground knows for Google: emial The error",
    );
  });

  it("names no scope where the playground knows them all", async () => {
    const visitor = browser();
    await visitor.signIn("google", { scope: "openid email" });
    const text = await explained(visitor);
    expect(text).toContain("invalid_scope : correct the field Scopes.");
    expect(text).not.toContain("Not among the scopes");
  });
});

describe("a fault ends with its run", () => {
  it("also when it was not used up, or the run was abandoned at the provider", async () => {
    const visitor = browser();
    await visitor.signIn("google", { fault: "id-token-expired" });
    await signInWith(visitor, "google", "token-unavailable");
    await signInWith(visitor, "google", "");
    expect(await explained(visitor)).toMatch(/^Signed in/);
    const other = browser();
    await signInWith(other, "google", "");
    expect(await explained(other)).toMatch(/^Signed in/);
  });

  it("touches no run of another visitor at the same time", async () => {
    const visitors = Array.from({ length: 12 }, browser);
    const faults = ["token-unavailable", "", "id-token-wrong-nonce", ""];
    const faultOf = (index: number): string => faults[index % faults.length] ?? "";
    const callbacks = await Promise.all(
      visitors.map(async (visitor, index) =>
        allow(await visitor.signIn("google", { fault: faultOf(index) })),
      ),
    );
    await Promise.all(visitors.map((visitor, index) => visitor.get(callbacks[index] ?? "")));
    const texts = await Promise.all(visitors.map(explained));
    const codes = texts.map((text) => /an app gets (\w+)/.exec(text)?.[1] ?? "");
    expect(codes).toEqual(
      visitors.map((_, index) => ["SERVER_ERROR", "", "ID_TOKEN_INVALID", ""][index % 4]),
    );
  });
});

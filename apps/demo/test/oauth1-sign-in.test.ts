import { describe, expect, it } from "@jest/globals";
import { servedDemo } from "./faults.ts";
import { OAuth1Flows } from "./oauth1-flows.ts";
import { resultOf } from "./result-text.ts";
import { allow, callbackOf, decide } from "./support.ts";

const METHODS = [
  "HMAC-SHA1",
  "HMAC-SHA256",
  "HMAC-SHA512",
  "RSA-SHA1",
  "RSA-SHA256",
  "RSA-SHA512",
  "PLAINTEXT",
];
const PLACEMENTS = ["header", "query", "body"];
const CELLS = METHODS.flatMap((method) => PLACEMENTS.map((placement) => ({ method, placement })));

const served = servedDemo(false);
const flows = new OAuth1Flows(served);

describe("signing in with OAuth 1.0a", () => {
  it.each(CELLS)(
    "and calling the API, with no secret shown before a click: $method in the $placement",
    async (choice) => {
      const visitor = flows.browser();
      const authorization = await visitor.signIn("oauth1", choice);
      const callback = await allow(authorization);
      await visitor.get(callback);
      const signIn = await resultOf(visitor);
      expect(signIn).toContain('"name": "Ada Lovelace"');
      const result = await flows.call(visitor, { ...choice, request: "form" });
      expect(result).toContain(`"signatureMethod": "${choice.method}"`);
      expect(result).toContain(`"placement": "${choice.placement}"`);
      expect(result).toContain("Analytical & difference");
      const wrong = await flows.call(visitor, {
        ...choice,
        request: "form",
        fault: "wrong-secret",
      });
      expect(wrong).toContain("signature_invalid");
      const token = new URL(authorization).searchParams.get("oauth_token") ?? "";
      const verifier = new URL(callback, served().url).searchParams.get("oauth_verifier") ?? "";
      expect([token.length, verifier.length]).toEqual([27, 32]);
      const secrets = [token, verifier, "oauth1-emulator-secret", "not-the-secret-of"];
      for (const secret of secrets) expect(signIn + result + wrong).not.toContain(secret);
      expect(signIn + result + wrong).not.toMatch(/1815-\w{9}/);
    },
  );

  it("shows the steps in order", async () => {
    const result = await resultOf(await flows.signedIn());
    const steps =
      /POST \/oauth\/request_token .* GET \/oauth\/authorize .* GET \/callback\/oauth1 .* verifier .* POST \/oauth\/access_token .* GET \/api\/me /;
    expect(result).toMatch(steps);
  });

  it("uses HMAC-SHA1 in the header for an unknown choice", async () => {
    const visitor = await flows.signedIn({ method: "ROT13", placement: "hat" });
    const result = await flows.call(visitor, { method: "ROT13", request: "form" });
    expect(result).toContain('"signatureMethod": "HMAC-SHA1"');
  });

  it("shows the user who signed in, also one whose name has to be encoded", async () => {
    const result = await resultOf(await flows.signedIn({}, "1706"));
    expect(result).toContain("Émilie du Châtelet");
    expect(result).toContain("screen_name émilie & co+");
  });

  it("gives the visitor a new session ID, and the one before is no longer valid", async () => {
    const visitor = flows.browser();
    const callback = await allow(await visitor.signIn("oauth1"));
    const planted = new Map(visitor.cookies);
    await visitor.get(callback);
    const attacker = flows.browser();
    for (const [name, value] of planted) attacker.cookies.set(name, value);
    expect(await resultOf(attacker)).toBe("");
    expect(await resultOf(visitor)).toContain("Signed in");
  });

  it("ends when the target is forgotten", async () => {
    const visitor = await flows.signedIn();
    await visitor.post("/forget/oauth1");
    expect(await flows.call(visitor)).toContain("NO_TOKEN");
  });
});

describe("a callback of OAuth 1.0a", () => {
  it("after a denied consent shows the error, and keeps no token", async () => {
    const visitor = flows.browser();
    await visitor.get(callbackOf(await decide(await visitor.signIn("oauth1"), "deny")));
    expect(await resultOf(visitor)).toMatch(
      /callback: denied.* ACCESS_DENIED|ACCESS_DENIED.* denied/,
    );
    expect(await flows.call(visitor)).toContain("NO_TOKEN");
  });

  it("works once, also when it comes twice at the same time", async () => {
    const visitor = flows.browser();
    const callback = await allow(await visitor.signIn("oauth1"));
    const statuses = await Promise.all([visitor.get(callback), visitor.get(callback)]);
    expect(statuses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 400]);
    expect(await (await visitor.get(callback)).text()).toContain("CALLBACK_REPLAYED");
  });

  it("is refused in another browser, also in one that is signing in too", async () => {
    const attacker = flows.browser();
    const callback = await allow(await attacker.signIn("oauth1"));
    const victim = flows.browser();
    expect(await (await victim.get(callback)).text()).toContain("TOKEN_MISMATCH");
    const own = await victim.signIn("oauth1");
    expect(await (await victim.get(callback)).text()).toContain("TOKEN_MISMATCH");
    expect(await flows.call(victim)).toContain("NO_TOKEN");
    // The victim's own sign-in still works.
    await victim.get(await allow(own));
    expect(await flows.call(victim)).toContain("Ada Lovelace");
  });

  it("ends the sign-in that was to end in another browser", async () => {
    const visitor = flows.browser();
    const fields = { fault: "other-browser" };
    expect(await visitor.signIn("oauth1", fields)).toBe(
      "/?provider=oauth1&flow=oauth1-sign-in#result",
    );
    const page = await (await visitor.get("/")).text();
    const [, request = ""] = /<a href="([^"]*)"[^>]*>authorization request</.exec(page) ?? [];
    const callback = await allow(request.replaceAll("&amp;", "&"));
    expect(await (await flows.browser().get(callback)).text()).toContain("TOKEN_MISMATCH");
    expect(await resultOf(visitor)).toContain("TOKEN_MISMATCH");
  });

  it.each([
    ["foreign-callback", "TOKEN_MISMATCH"],
    ["no-verifier", "VERIFIER_MISSING"],
  ])("with the fault %s is refused by the SDK, and nothing is sent", async (fault, code) => {
    const visitor = await flows.signedIn({ fault });
    const result = await resultOf(visitor);
    expect(result).toContain(code);
    expect(result).not.toContain("POST /oauth/access_token");
  });

  it.each([
    "",
    "?oauth_token=",
    "?denied=x",
    "?oauth_problem=user_refused",
    "?oauth_token=a&oauth_token=b",
    "?oauth_token=%ff&oauth_verifier=%00",
  ])("of any shape ends on a page: %s", async (query) => {
    const visitor = flows.browser();
    await visitor.signIn("oauth1");
    const answer = await visitor.get(`/callback/oauth1${query}`);
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining("Error code"),
    ]);
  });
});

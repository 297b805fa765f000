import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { heldTokenOf, resultOf } from "./result-text.ts";
import { allow, callbackOf, decide, PlainBrowser, serveDemo, type ServedDemo } from "./support.ts";

let demo: ServedDemo;
beforeAll(async () => {
  demo = await serveDemo();
});
afterAll(async () => {
  await demo.stop();
  expect(demo.failures).toEqual([]);
});

/** Signs in; Google gives a refresh token only if it is asked for offline access. */
async function signedIn(
  provider: string,
  further: Readonly<Record<string, string>> = {},
): Promise<PlainBrowser> {
  const visitor = new PlainBrowser(demo.url);
  const fields = provider === "google" ? { extra: "access_type=offline", ...further } : {};
  await visitor.get(await allow(await visitor.signIn(provider, fields)));
  return visitor;
}

async function use(
  visitor: PlainBrowser,
  provider: string,
  flow: string,
  fields: Record<string, string> = {},
): Promise<string> {
  await visitor.post(`/run/${provider}/${flow}`, {}, new URLSearchParams(fields));
  return resultOf(visitor);
}

/** The token requests and the API requests of a result. */
const requestsIn = (result: string): string[] =>
  [
    ...result.matchAll(
      /\d+ (?:GET|POST) (\S+) playground → provider at \S+? (?:(\d+) times )?(\d{3})/g,
    ),
  ].map(([, path = "", times = "1", status = ""]) => `${times}x ${path} ${status}`);

describe("the token that a visitor holds", () => {
  it("is in view with its expiry and its scopes, granted and not granted", async () => {
    const visitor = new PlainBrowser(demo.url);
    const scope = "openid https://www.googleapis.com/auth/calendar.readonly";
    const url = await visitor.signIn("google", { scope });
    const decision = await decide(url, "allow", undefined, ["openid"]);
    await visitor.get(callbackOf(decision));
    const held = await heldTokenOf(visitor, "google");
    expect(held).toMatch(/expires 20\d\d-.* granted openid not granted \S+calendar\.readonly /);
    expect(held).toContain("onTokenUpdate was not called yet");
    expect(await heldTokenOf(visitor, "github")).toBe("");
  });

  it.each(["google", "github"])(
    "expires on demand, is refreshed by the next call, and each update is listed: %s",
    async (provider) => {
      const visitor = await signedIn(provider);
      for (const updates of [1, 2]) {
        const before = await heldTokenOf(visitor, provider);
        expect(await use(visitor, provider, "expire")).toContain("The token has expired");
        expect(await heldTokenOf(visitor, provider)).toContain("1970-01-01");
        const result = await use(visitor, provider, "api-call");
        expect(requestsIn(result)).toEqual([
          expect.stringMatching(/^1x \S*token 200$/),
          expect.stringMatching(/^1x .* 200$/),
        ]);
        expect(result).toContain("The token had expired: refreshed first, then sent.");
        const held = await heldTokenOf(visitor, provider);
        expect(held).not.toBe(before);
        expect(held.match(/ → /g)).toHaveLength(updates);
        expect(held).toContain(
          provider === "github" ? "with a new refresh token" : "with the same refresh token",
        );
      }
    },
  );

  it("is said to be refreshed only by a call that refreshed it", async () => {
    const visitor = await signedIn("google");
    expect(await use(visitor, "google", "api-call")).not.toContain("refreshed first");
  });

  it("is refreshed after the API refused it, as the page says", async () => {
    const visitor = await signedIn("github");
    await use(await signedIn("github"), "github", "expire");
    const result = await use(visitor, "github", "api-call");
    expect(result).toContain("The API refused the token: refreshed, then sent once more.");
    expect(requestsIn(result).map((request) => request.slice(-3))).toEqual(["401", "200", "200"]);
  });

  it.each(["api-call", "many-requests", "two-tabs"])(
    "has the ID token of a refresh verified, as the page ticks: %s",
    async (flow) => {
      const visitor = await signedIn("google", { prompt: "consent" });
      await use(visitor, "google", "expire");
      const result = await use(visitor, "google", flow, { expired: "on" });
      expect(result).toMatch(/ID token, received: verified 13 checks passed .* ✓ Signature /);
    },
  );

  it("without a refresh token cannot be used after its end, and nothing is sent", async () => {
    const visitor = await signedIn("facebook");
    expect(await use(visitor, "facebook", "expire")).toContain("It has no refresh token");
    const result = await use(visitor, "facebook", "api-call");
    expect(result).toContain("TOKEN_EXPIRED");
    expect(requestsIn(result)).toEqual([]);
  });

  it("is over after it was revoked: the next call sends nothing", async () => {
    const visitor = await signedIn("google");
    const result = await use(visitor, "google", "end-session");
    expect(result).toContain("It is over");
    expect(result).toContain('"revokedAtProvider": true');
    expect(result).toMatch(/"errorCode": "SESSION_ENDED".*"requestsSent": 0/);
    expect(new Set(requestsIn(result))).toEqual(new Set(["1x /revoke 200"]));
    expect(await heldTokenOf(visitor, "google")).toBe("");
  });
});

describe("100 requests at once", () => {
  it("share one refresh, in two rows of the log", async () => {
    const visitor = await signedIn("google");
    const result = await use(visitor, "google", "many-requests", { expired: "on" });
    expect(result).toContain("One refresh for 100 requests");
    expect(result).toMatch(/"tokenRequests": 1, "apiRequests": 100, "onTokenUpdateCalls": 1/);
    expect(requestsIn(result)).toEqual(["1x /token 200", "100x /oauth2/v3/userinfo 200"]);
    expect((await heldTokenOf(visitor, "google")).match(/ → /g)).toHaveLength(1);
  });

  it("need no refresh with a token that is valid", async () => {
    const visitor = await signedIn("google");
    expect(await use(visitor, "google", "many-requests", { fault: "" })).toContain(
      "No refresh for 100 requests",
    );
  });
});

describe("two sessions on one store", () => {
  it("of two tabs: one refreshes, the other adopts its token", async () => {
    const visitor = await signedIn("github");
    const result = await use(visitor, "github", "two-tabs");
    expect(result).toContain("One refreshed, the other adopted its token");
    expect(result).toMatch(/"tokenRequests": 1, "apiRequests": 2/);
    expect(result).toContain('"sameToken": true');
    expect(await use(visitor, "github", "api-call")).toContain("The API answered");
  });
});

describe("the token in three places, side by side", () => {
  it("reaches the server where it was put, and nowhere else", async () => {
    const visitor = await signedIn("facebook");
    const result = await use(visitor, "facebook", "token-placement");
    expect(result).toMatch(/In the header In the query In the body/);
    const [, table = ""] = / In the body (.*?) On the wire/.exec(result) ?? [];
    expect(table).toMatch(
      /Authorization Bearer \S+…\S+ none none Body none none access_token=\S+…/,
    );
    expect(table).toMatch(
      /Request GET (?!\S*access_token)\S+ GET \S*access_token=\S+ POST (?!\S*access_token)\S+ /,
    );
    expect(table).toMatch(/Answer 200 200 404: Unknown path components/);
    expect(result).toContain("2 of 3 places accepted. The request with the token in the body was");
  });

  it("shows why a server does not take it from the query, and refreshes nothing", async () => {
    const visitor = await signedIn("github");
    const before = await heldTokenOf(visitor, "github");
    const result = await use(visitor, "github", "token-placement");
    expect(result).toContain(
      "1 of 3 places accepted. GitHub does not read a token in the query or body.",
    );
    expect(result).toContain(
      "Answer 200 401: Requires authentication 401: Requires authentication ",
    );
    expect(requestsIn(result)).toHaveLength(3);
    expect(await heldTokenOf(visitor, "github")).toBe(before);
    expect(await use(visitor, "github", "refresh")).toContain("Refreshed");
  });

  it("is one token, listed once among the JWTs", async () => {
    const result = await use(await signedIn("microsoft"), "microsoft", "token-placement");
    expect(result).toContain("Answer 200 401: InvalidAuthenticationToken: Access token is empty.");
    expect(result.match(/Access token, (?:sent|received)/g)).toEqual(["Access token, sent"]);
  });
});

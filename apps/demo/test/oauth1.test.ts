import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { allow, callbackOf, decide, PlainBrowser, serveDemo, type ServedDemo } from "./support.ts";

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

let demo: ServedDemo;
beforeAll(async () => {
  demo = await serveDemo();
});
afterAll(async () => {
  await demo.stop();
  expect(demo.failures).toEqual([]);
});

const browser = (): PlainBrowser => new PlainBrowser(demo.url);

async function signedIn(choice: Record<string, string> = {}, user?: string): Promise<PlainBrowser> {
  const visitor = browser();
  const done = await visitor.get(await allow(await visitor.signIn("oauth1", choice), user));
  expect(done.headers.get("location")).toBe("/account/oauth1");
  return visitor;
}

async function pageAt(visitor: PlainBrowser, path: string): Promise<string> {
  return (await visitor.get(path)).text();
}

/** Presses a button of the account page, and returns the page. */
async function call(visitor: PlainBrowser, name: string, choice = {}): Promise<string> {
  const form = new URLSearchParams({ call: name, ...choice });
  await visitor.post("/account/oauth1/call", {}, form);
  return pageAt(visitor, "/account/oauth1");
}

const resultIn = (page: string): string => /id="result"[^]*?<\/section>/.exec(page)?.[0] ?? "";
const requestIn = (page: string): string => /id="signed-request">([^<]*)/.exec(page)?.[1] ?? "";

describe("signing in with OAuth 1.0a", () => {
  it.each(CELLS)("and calling the API: $method in the $placement", async (choice) => {
    const visitor = await signedIn(choice);
    const page = await call(visitor, "form", choice);
    expect(page).toContain("<h1>Ada Lovelace</h1>");
    expect(page).toContain(`Sign-in with OAuth 1.0a, ${choice.method} in the ${choice.placement}`);
    expect(resultIn(page)).toContain(`&quot;signatureMethod&quot;: &quot;${choice.method}&quot;`);
    expect(resultIn(page)).toContain(`&quot;placement&quot;: &quot;${choice.placement}&quot;`);
    expect(resultIn(page)).toContain("Analytical &amp; difference");
  });

  it("shows the steps, oldest first", async () => {
    const page = await pageAt(await signedIn(), "/account/oauth1");
    const steps = [...page.matchAll(/<span class="url">(.*?)<\/span>\s*>?/gs)];
    expect(steps.map(([, path = ""]) => path.replaceAll("<wbr />", ""))).toEqual([
      "/oauth/request_token",
      "/oauth/authorize",
      "/callback/oauth1",
      "/oauth/access_token",
      "/api/me",
    ]);
    expect(page).toContain('<span class="status word good">verifier</span>');
  });

  it("uses HMAC-SHA1 in the header for an unknown choice", async () => {
    const page = await call(await signedIn({ method: "ROT13", placement: "hat" }), "form");
    expect(page).toContain("Sign-in with OAuth 1.0a, HMAC-SHA1 in the header");
  });

  it("shows the user who signed in, also one whose name has to be encoded", async () => {
    const page = await pageAt(await signedIn({}, "1706"), "/account/oauth1");
    expect(page).toContain("Émilie du Châtelet");
    expect(page).toContain("screen_name émilie &amp; co+");
    expect(await pageAt(await signedIn({}, "1906"), "/account/oauth1")).toMatch(
      /<dt>e-mail<\/dt>\s+<dd>none given<\/dd>/,
    );
  });

  it("gives the visitor a new session ID, and the one before is no longer valid", async () => {
    const visitor = browser();
    const callback = await allow(await visitor.signIn("oauth1"));
    const planted = new Map(visitor.cookies);
    await visitor.get(callback);
    const attacker = browser();
    for (const [name, value] of planted) attacker.cookies.set(name, value);
    expect((await attacker.get("/account/oauth1")).headers.get("location")).toBe("/");
    expect((await visitor.get("/account/oauth1")).status).toBe(200);
  });

  it("ends with signing out", async () => {
    const visitor = await signedIn();
    expect(await pageAt(visitor, "/")).toContain('aria-label="Open account at OAuth 1.0a"');
    await visitor.post("/account/oauth1/sign-out");
    expect(await pageAt(visitor, "/")).toContain("Sign in with OAuth 1.0a");
  });
});

describe("a callback of OAuth 1.0a", () => {
  it("after a denied consent ends on a readable page", async () => {
    const visitor = browser();
    const refusal = callbackOf(await decide(await visitor.signIn("oauth1"), "deny"));
    const page = await pageAt(visitor, refusal);
    expect(page).toContain("You denied access");
    expect(page).toContain("ACCESS_DENIED");
    expect(page).toContain('<span class="status word bad">denied</span>');
    expect((await visitor.get("/account/oauth1")).headers.get("location")).toBe("/");
  });

  it("works once, also when it comes twice at the same time", async () => {
    const visitor = browser();
    const callback = await allow(await visitor.signIn("oauth1"));
    const statuses = await Promise.all([visitor.get(callback), visitor.get(callback)]);
    expect(statuses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 400]);
    expect(await pageAt(visitor, callback)).toContain("CALLBACK_REPLAYED");
  });

  it("is refused in another browser, also in one that is signing in too", async () => {
    const attacker = browser();
    const callback = await allow(await attacker.signIn("oauth1"));
    const victim = browser();
    expect(await pageAt(victim, callback)).toContain("TOKEN_MISMATCH");
    const own = await victim.signIn("oauth1");
    expect(await pageAt(victim, callback)).toContain("TOKEN_MISMATCH");
    expect((await victim.get("/account/oauth1")).headers.get("location")).toBe("/");
    // The victim's own sign-in still works.
    expect((await victim.get(await allow(own))).headers.get("location")).toBe("/account/oauth1");
  });

  it("for another token, sent by a button of the demo, is refused", async () => {
    const visitor = await signedIn();
    const { headers } = await visitor.post("/account/oauth1/foreign-callback");
    const page = await pageAt(visitor, headers.get("location") ?? "");
    expect(page).toContain("TOKEN_MISMATCH");
    expect((await visitor.get("/account/oauth1")).status).toBe(200);
  });

  it.each([
    "",
    "?oauth_token=",
    "?denied=x",
    "?oauth_problem=user_refused",
    "?oauth_token=a&oauth_token=b",
    "?oauth_token=%ff&oauth_verifier=%00",
  ])("of any shape ends on a page: %s", async (query) => {
    const visitor = browser();
    await visitor.signIn("oauth1");
    const answer = await visitor.get(`/callback/oauth1${query}`);
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining("Error code"),
    ]);
  });
});

describe("a signed call", () => {
  it("is shown with its signature", async () => {
    const visitor = await signedIn();
    expect(requestIn(await call(visitor, "me"))).toMatch(
      /^GET http:\/\/127\.0\.0\.1:\d+\/api\/me\nAuthorization: OAuth\noauth_consumer_key=&quot;oauth1-emulator-consumer&quot;,\n[^]*oauth_signature=&quot;[\w%]{28,}&quot;$/,
    );
    expect(requestIn(await call(visitor, "me", { placement: "query" }))).toMatch(
      /\/api\/me\n\?oauth_consumer_key=[^]*\n&amp;oauth_signature=[\w+/]{27}=$/,
    );
    expect(requestIn(await call(visitor, "form", { placement: "body" }))).toMatch(
      /\n\nengine=Analytical %26 difference\n&amp;price=[^]*\n&amp;oauth_signature=[\w+/]{27}=$/,
    );
  });

  it("has a body hash for a body that is not a form", async () => {
    const page = await call(await signedIn(), "json", { method: "HMAC-SHA256" });
    expect(requestIn(page)).toContain("oauth_body_hash=");
    expect(resultIn(page)).toContain("&quot;bodyHashChecked&quot;: true");
  });

  it.each(["me", "json"])(
    "whose signature would go into a form that it has not is not sent: %s",
    async (name) => {
      const visitor = await signedIn();
      await call(visitor, "me");
      const page = await call(visitor, name, { placement: "body" });
      expect(resultIn(page)).toContain("REQUEST_UNSIGNABLE");
      expect(requestIn(page)).toBe("");
    },
  );

  it.each(["HMAC-SHA1", "RSA-SHA256"])(
    "with a wrong secret is refused, and the base string shown: %s",
    async (method) => {
      const visitor = await signedIn();
      const page = await call(visitor, "wrong", { method });
      expect(resultIn(page)).toContain("oauth_problem=signature_invalid\n");
      expect(resultIn(page)).toMatch(/\nGET&amp;http%3A%2F%2F127\.0\.0\.1[^]*oauth_token%3D1815…/);
      expect(resultIn(await call(visitor, "me", { method }))).toContain("Ada Lovelace");
    },
  );

  it("shows the base string only with its own call", async () => {
    const visitor = await signedIn();
    expect(await call(visitor, "wrong")).toContain("base string (");
    const plaintext = await call(visitor, "wrong", { method: "PLAINTEXT" });
    expect(plaintext).toContain("signature_invalid");
    expect(plaintext).not.toContain("base string (");
    expect(await call(visitor, "wrong", { placement: "body" })).not.toContain("base string (");
  });
});

describe("a sign-in with a PIN", () => {
  const begin = async (visitor: PlainBrowser): Promise<string> => {
    await visitor.post("/pin/oauth1", {}, new URLSearchParams({ method: "HMAC-SHA256" }));
    const page = await pageAt(visitor, "/pin/oauth1");
    return /href="(http:[^"]*oauth_token=[^"]*)"/.exec(page)?.[1] ?? "";
  };
  const enter = (visitor: PlainBrowser, verifier: string): Promise<Response> =>
    visitor.post("/pin/oauth1/enter", {}, new URLSearchParams({ verifier }));
  const pinOn = async (answer: Response): Promise<string> =>
    /id="pin">(\d+)</.exec(await answer.text())?.[1] ?? "";

  it("succeeds with the PIN that the provider shows, under a new session ID", async () => {
    const visitor = browser();
    const pin = await pinOn(await decide(await begin(visitor), "allow"));
    expect(await pageAt(visitor, "/")).toContain("Waiting: type the PIN");
    const planted = new Map(visitor.cookies);
    expect((await enter(visitor, ` ${pin} `)).headers.get("location")).toBe("/account/oauth1");
    expect(await pageAt(visitor, "/account/oauth1")).toContain("Ada Lovelace");
    const attacker = browser();
    for (const [name, value] of planted) attacker.cookies.set(name, value);
    expect((await attacker.get("/account/oauth1")).headers.get("location")).toBe("/");
  });

  it.each([
    ["", "VERIFIER_MISSING"],
    ["0", "verifier_invalid"],
  ])("shows its page again after a wrong PIN: %j", async (typed, word) => {
    const visitor = browser();
    const pin = await pinOn(await decide(await begin(visitor), "allow"));
    expect((await enter(visitor, typed)).headers.get("location")).toBe("/pin/oauth1");
    expect(resultIn(await pageAt(visitor, "/pin/oauth1"))).toContain(word);
    expect((await enter(visitor, pin)).headers.get("location")).toBe("/account/oauth1");
  });

  it("shows the provider's error when the user declined, and stops", async () => {
    const visitor = browser();
    await decide(await begin(visitor), "deny");
    await enter(visitor, "1234567");
    expect(resultIn(await pageAt(visitor, "/pin/oauth1"))).toContain("permission_denied");
    await visitor.post("/pin/oauth1/stop");
    expect((await visitor.get("/pin/oauth1")).headers.get("location")).toBe("/");
  });

  it("keeps its page when the list of exchanges is cleared", async () => {
    const visitor = browser();
    await begin(visitor);
    const clear = new URLSearchParams({ provider: "oauth1", page: "pin" });
    const { headers } = await visitor.post("/exchanges/clear", {}, clear);
    expect(headers.get("location")).toBe("/pin/oauth1");
    expect(await pageAt(visitor, "/pin/oauth1")).toContain("Nothing yet.");
  });
});

describe("no page of OAuth 1.0a", () => {
  it.each(CELLS)("shows a secret: $method in the $placement", async (choice) => {
    const visitor = browser();
    const authorization = await visitor.signIn("oauth1", choice);
    const callback = await allow(authorization);
    await visitor.get(callback);
    const calls = ["me", "form", "json", "wrong"];
    const pages: string[] = [];
    for (const name of calls) pages.push(await call(visitor, name, choice));
    pages.push(await pageAt(visitor, "/"));
    const token = new URL(authorization).searchParams.get("oauth_token") ?? "";
    const verifier = new URL(callback, demo.url).searchParams.get("oauth_verifier") ?? "";
    expect([token.length, verifier.length]).toEqual([27, 32]);
    for (const page of pages) {
      for (const secret of [token, verifier, "oauth1-emulator-secret", "not-the-secret-of"]) {
        expect(page).not.toContain(secret);
      }
      expect(page).not.toMatch(/1815-\w{9}/);
      expect(page).not.toMatch(/oauth_token_secret(?:=|&quot;: &quot;|%3D)\w{9}/);
    }
  });
});

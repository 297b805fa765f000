import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { secretsOf, shownOf } from "./page-secrets.ts";
import { allow, PlainBrowser, serveDemo, type ServedDemo } from "./support.ts";

let demo: ServedDemo;
beforeAll(async () => {
  demo = await serveDemo();
});
afterAll(async () => {
  await demo.stop();
  expect(demo.failures).toEqual([]);
});

const browser = (): PlainBrowser => new PlainBrowser(demo.url);

async function signedIn(provider: string, visitor = browser()): Promise<PlainBrowser> {
  await visitor.get(await allow(await visitor.signIn(provider)));
  return visitor;
}

async function pageAt(visitor: PlainBrowser, path = "/"): Promise<string> {
  return (await visitor.get(path)).text();
}

async function search(visitor: PlainBrowser, text: string): Promise<string[]> {
  await visitor.post("/search", {}, new URLSearchParams({ text }));
  const page = await pageAt(visitor);
  return [...page.matchAll(/<span class="what">([^<]*)</g)].map(([, what = ""]) => what);
}

/** The text of each line of the timeline. */
function linesOf(page: string): string[] {
  return page
    .split('<details class="exchange"')
    .slice(1)
    .map((line) =>
      (line.split("</summary>")[0] ?? "")
        .replace(/^[^>]*>/, "")
        .replace(/<wbr \/>/g, "")
        .replace(/<[^>]*>/g, " ")
        .replace(/127\.0\.0\.1:\d+|localhost:\d+/g, "…")
        .replace(/\d+ ms/g, "")
        .replace(/\s+/g, " ")
        .trim(),
    );
}

describe("the timeline", () => {
  it("lists the exchanges of a run in order, with who sent what to whom and the outcome", async () => {
    expect(linesOf(await pageAt(await signedIn("facebook")))).toEqual([
      "1 GET /v26.0/dialog/oauth your browser → provider at …",
      "2 GET /callback/facebook your browser → playground at … code",
      "3 POST /v26.0/oauth/access_token playground → provider at … 200",
      "4 GET /v26.0/me playground → provider at … 200",
    ]);
  });

  it("shows what a callback says about an error", async () => {
    const visitor = browser();
    const state = new URL(await visitor.signIn("google")).searchParams.get("state");
    await visitor.get(`/callback/google?error=%3Cb%3E&state=${state}`);
    expect(linesOf(await pageAt(visitor))[1]).toContain("error=&lt;b&gt;");
  });

  it("explains a parameter in one line, with the section that defines it", async () => {
    const page = await pageAt(await signedIn("google"));
    expect(page.replace(/\s+/g, " ")).toMatch(
      /<dt>code_verifier<\/dt> <dd>.*?<small>The secret behind code_challenge: proves who began the sign-in. <cite>RFC 7636 §4.5<\/cite>/,
    );
  });

  it("says of a parameter that nobody defines that it is not registered", async () => {
    const visitor = browser();
    await visitor.signIn("google", { scope: "openid", extra: "made_up=1" });
    expect((await pageAt(visitor)).replace(/\s+/g, " ")).toMatch(
      /<dt>made_up<\/dt> <dd><code>1<\/code> <small>not registered/,
    );
  });
});

describe("the sequence diagram", () => {
  it("draws the exchanges of the run, and says the same in words", async () => {
    const page = await pageAt(await signedIn("facebook"));
    expect(/<desc[^>]*>([^<]*)/.exec(page)?.[1]).toBe(
      "1. You to Provider: GET /v26.0/dialog/oauth. Provider to You: redirect to the callback. 2. You to Playground: callback: code. 3. Playground to Provider: POST /v26.0/oauth/access_token. Provider to Playground: 200. 4. Playground to API: GET /v26.0/me. API to Playground: 200.",
    );
  });
});

describe("secrets", () => {
  it("are behind a click, and nowhere else on the page", async () => {
    const visitor = await signedIn("google");
    const page = await pageAt(visitor);
    const code = /4\/0[\w-]{20,}/.exec(page)?.[0] ?? "none";
    const secrets = secretsOf(page).filter((secret) => secret.length > 15);
    expect(secrets).toContain(code);
    for (const secret of secrets) expect(shownOf(page)).not.toContain(secret);
  });

  it("are not in the export, whichever field they were typed into", async () => {
    const visitor = await signedIn("github", await signedIn("google"));
    const secrets = [
      ...secretsOf(await pageAt(visitor, "/?run=1")),
      ...secretsOf(await pageAt(visitor, "/?run=2")),
    ].filter((secret) => secret.length > 15);
    await visitor.signIn("google", {
      client_secret: "canary-typed-secret",
      extra: "a=b\ncustom_token=canary-typed-token",
    });
    const response = await visitor.get("/export.json");
    const text = await response.text();
    expect(response.headers.get("content-disposition")).toContain("attachment");
    expect(secrets.length).toBeGreaterThan(10);
    for (const secret of [...secrets, "canary-typed"]) expect(text).not.toContain(secret);
    const { runs } = JSON.parse(text) as { runs: { exchanges: unknown[] }[] };
    expect(runs).toHaveLength(3);
    for (const { exchanges } of runs) expect(exchanges).not.toEqual([]);
  });
});

describe("the list of runs", () => {
  it("opens an earlier run", async () => {
    const visitor = await signedIn("github", await signedIn("facebook"));
    expect(linesOf(await pageAt(visitor))[0]).toContain("/login/oauth/authorize");
    expect(linesOf(await pageAt(visitor, "/?run=1"))[0]).toContain("/dialog/oauth");
  });

  it("is searched by address, parameter, body and secret", async () => {
    const visitor = await signedIn("github", await signedIn("facebook"));
    const [secret = ""] = secretsOf(await pageAt(visitor, "/?run=1"));
    expect(await search(visitor, "")).toHaveLength(2);
    expect(await search(visitor, "login/oauth")).toHaveLength(1);
    expect(await search(visitor, "scope=public_profile,email")).toHaveLength(1);
    expect(await search(visitor, "ada LOVELACE")).toHaveLength(2);
    expect(await search(visitor, secret)).toHaveLength(1);
    expect(await search(visitor, "nowhere")).toEqual([]);
  });

  it("is cleared", async () => {
    const visitor = await signedIn("facebook");
    await visitor.post("/clear");
    expect(await pageAt(visitor)).toContain("Nothing has happened yet.");
  });
});

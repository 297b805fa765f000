import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
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

async function signedIn(provider: string, visitor = browser(), user?: string) {
  await visitor.get(await allow(await visitor.signIn(provider), user));
  return visitor;
}

async function pageAt(visitor: PlainBrowser, path: string): Promise<string> {
  return (await visitor.get(path)).text();
}

/** The text of each row, with the divider before it. */
function rowsOf(page: string): string[] {
  return page
    .slice(page.indexOf("On the wire"))
    .split("<li>")
    .slice(1)
    .map((row) =>
      (row.split("</summary>")[0] ?? "")
        .replace(/<wbr \/>/g, "")
        .replace(/<[^>]*>/g, " ")
        .replace(/127\.0\.0\.1:\d+|localhost:\d+/g, "…")
        .replace(/\d+ ms/g, "")
        .replace(/\s+/g, " ")
        .trim(),
    );
}

describe("the list of exchanges", () => {
  it("shows a flow oldest first, with its start, its provider and the outcome of each step", async () => {
    expect(rowsOf(await pageAt(await signedIn("facebook"), "/"))).toEqual([
      "Sign-in with Facebook GET Facebook browser → provider at … /v26.0/dialog/oauth",
      "GET Facebook browser → demo at … /callback/facebook code",
      "POST Facebook demo → provider at … /v26.0/oauth/access_token 200",
      "GET Facebook demo → provider at … newest /v26.0/me 200",
    ]);
  });

  it("separates one sign-in from the next", async () => {
    const visitor = await signedIn("github");
    await visitor.signIn("github");
    const begins = rowsOf(await pageAt(visitor, "/")).map((row) => row.startsWith("Sign-in with"));
    expect([begins.at(0), begins.at(-1)]).toEqual([true, true]);
    expect(begins.filter(Boolean)).toHaveLength(2);
  });

  it.each([
    ["error=access_denied&state=x", "error=access_denied", "bad"],
    ["error=%3Cb%3E&code=x", "error=&lt;b&gt;", "bad"],
    ["state=x", "no code", "bad"],
    ["code=x&state=y", "code", "good"],
  ])("shows the outcome of the callback ?%s", async (query, word, style) => {
    const visitor = browser();
    await visitor.signIn("google");
    const page = await pageAt(visitor, `/callback/google?${query}`);
    expect(page).toContain(`<span class="status word ${style}">${word}</span>`);
  });

  it("has one provider's exchanges on its account page, and all elsewhere", async () => {
    const visitor = await signedIn("facebook", await signedIn("github"));
    const providersAt = async (path: string): Promise<string[]> => {
      const rows = rowsOf(await pageAt(visitor, path)).join();
      return ["Google", "GitHub", "Facebook"].filter((title) => rows.includes(` ${title} `));
    };
    expect(await providersAt("/account/github")).toEqual(["GitHub"]);
    expect(await providersAt("/")).toEqual(["GitHub", "Facebook"]);
    expect(await providersAt("/nowhere")).toEqual(["GitHub", "Facebook"]);
    await visitor.post("/exchanges/clear", {}, new URLSearchParams({ provider: "github" }));
    expect(await providersAt("/account/github")).toEqual([]);
    expect(await providersAt("/")).toEqual(["Facebook"]);
  });

  it("allows a line break after each slash of a path", async () => {
    expect(await pageAt(await signedIn("github"), "/")).toContain(
      "/<wbr />login/<wbr />oauth/<wbr />access_token<",
    );
  });
});

describe("the start page", () => {
  it("shows who is signed in, with a link to the account", async () => {
    const page = await pageAt(await signedIn("github"), "/");
    expect(page).toContain("<p>Signed in as <strong>Ada Lovelace</strong></p>");
    expect(page).toMatch(/href="\/account\/github"\s+aria-label="Open account at GitHub"/);
  });
});

describe("an account without an e-mail address", () => {
  it.each([
    ["facebook", "10223344556677882", "none given"],
    ["github", "370", "no verified primary address"],
  ])("is shown as such for %s", async (provider, user, words) => {
    const page = await pageAt(await signedIn(provider, browser(), user), `/account/${provider}`);
    expect(page).toMatch(new RegExp(`<dt>e-mail</dt>\\s+<dd>${words}</dd>`));
  });
});

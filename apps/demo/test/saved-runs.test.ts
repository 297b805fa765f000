import { describe, expect, it } from "@jest/globals";
import { servedDemo, signInWith } from "./faults.ts";
import { allow, PlainBrowser } from "./support.ts";

const served = servedDemo(false);
const browser = (): PlainBrowser => new PlainBrowser(served().url);

/** Opens a file, as the form without JavaScript sends it. */
async function open(
  visitor: PlainBrowser,
  file: string | Uint8Array<ArrayBuffer>,
): Promise<Response> {
  const boundary = "----playground";
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="runs.json"\r\nContent-Type: application/json\r\n\r\n`;
  const body = new Blob([head, file, `\r\n--${boundary}--\r\n`]);
  return visitor.post(
    "/saved-runs",
    { "content-type": `multipart/form-data; boundary=${boundary}` },
    body,
  );
}

/** Posts a body without a connection, which the server would close in the middle. */
async function tooLarge(path: string, bytes: number): Promise<{ status: number; text: string }> {
  const response = await served().app.request(path, {
    method: "POST",
    headers: { "sec-fetch-site": "same-origin", "content-length": `${bytes}` },
    body: new Uint8Array(bytes),
  });
  return { status: response.status, text: await response.text() };
}

const pageOf = async (visitor: PlainBrowser, path = "/saved-runs"): Promise<string> =>
  (await (await visitor.get(path)).text()).replaceAll("<wbr />", "");

const textOf = (page: string): string =>
  page
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&quot;", '"')
    .replaceAll(/\s+/g, " ");

/** The export of two runs at Google: a sign-in, and one with a forged ID token. */
async function exported(): Promise<string> {
  const visitor = browser();
  await visitor.get(await allow(await visitor.signIn("google")));
  await signInWith(visitor, "google", "id-token-forged-signature", "openid email");
  return (await visitor.get("/export.json")).text();
}

describe("an export that is opened", () => {
  it("shows its newest run read-only, with the diagram, the timeline and the explanation", async () => {
    const visitor = browser();
    const response = await open(visitor, await exported());
    expect([response.status, response.headers.get("location")]).toEqual([
      303,
      "/saved-runs#result",
    ]);
    const page = await pageOf(visitor);
    const text = textOf(page);
    expect(text).toContain("The ID token was refused: ID_TOKEN_INVALID");
    expect(text).toContain("Do not sign the user in.");
    expect(text).toContain("Another key than the provider&#39;s signed the ID token.");
    expect(text).toContain("3. Playground to Provider: POST /token.");
    expect(text).toMatch(/Here it failed: 3 POST \/token/);
    expect(text).toContain("scope openid email");
    expect(page.match(/<form[^>]*action="([^"]*)"/g)).toHaveLength(1);
  });

  it("has its other runs in a list", async () => {
    const visitor = browser();
    await open(visitor, await exported());
    const text = textOf(await pageOf(visitor, "/saved-runs?run=2"));
    expect(text).toContain("Signed in Google: Sign in. Read from a file");
    expect(text).toContain('"email": "ada.lovelace@gmail.com"');
    expect(text).toMatch(/grant_type authorization_code/);
    // Masked once, and not once more.
    expect(text).toMatch(/code 4\/0A…[\w-]{4} /);
    expect(text).not.toContain("With the secrets");
  });

  it("is of its visitor only, and is forgotten with everything", async () => {
    const visitor = browser();
    await open(visitor, await exported());
    expect(await pageOf(browser())).not.toContain("ID_TOKEN_INVALID");
    await visitor.post("/clear");
    expect(await pageOf(visitor)).not.toContain("ID_TOKEN_INVALID");
  });

  it("can be a megabyte, which no other form may be", async () => {
    const file = JSON.parse(await exported()) as { runs: { heading: string }[] };
    const [run] = file.runs;
    if (run) run.heading = "x".repeat(1024 * 1024);
    expect((await open(browser(), JSON.stringify(file))).status).toBe(303);
    const { status, text } = await tooLarge("/run/google/implicit", 256 * 1024 + 1);
    expect(status).toBe(413);
    expect(text).toContain("This is too long");
  });

  it("is shown as text, whatever is in it", async () => {
    const visitor = browser();
    const file = (await exported()).replaceAll("Google", "<script>alert(1)</script>");
    expect((await open(visitor, file)).status).toBe(303);
    expect(await pageOf(visitor)).not.toContain("<script>alert");
  });
});

describe("a file that cannot be opened", () => {
  const run = (changes: object): string =>
    JSON.stringify({
      format: "grantkit-playground-1",
      runs: [
        { providerTitle: "", flowTitle: "", heading: "", values: {}, exchanges: [], ...changes },
      ],
    });
  const exchange = (changes: object): string =>
    run({
      exchanges: [
        { provider: "", between: "demo → provider", method: "GET", url: "https://a", ...changes },
      ],
    });

  it.each([
    ["no JSON", "It is", "It is not JSON."],
    ["a list", "[]", "The file is no object."],
    ["of another program", '{ "log": { "entries": [] } }', "It is no export of this playground."],
    ["empty", "", "No file was chosen."],
    ["without runs", '{ "format": "grantkit-playground-1" }', "runs is no list."],
    ["a run without a heading", run({ heading: 1 }), "runs[0].heading is no text."],
    [
      "too many exchanges",
      run({ exchanges: Array.from({ length: 501 }, () => ({})) }),
      "more than 500 entries",
    ],
    ["a link", exchange({ url: "javascript:alert(1)" }), "is no URL of http or https."],
    ["a wrong status", exchange({ status: "200" }), "exchanges[0].status is no whole number."],
    ["a wrong direction", exchange({ between: "x" }), "does not say who sent what to whom."],
    ["wrong header fields", exchange({ requestHeaders: { a: 1 } }), "requestHeaders.a is no text."],
  ])("gets a readable page if it is %s", async (_what, file, problem) => {
    const visitor = browser();
    const response = await open(visitor, file);
    expect(response.status).toBe(400);
    const text = textOf(await response.text());
    expect(text).toContain("This file cannot be opened");
    expect(text).toContain(problem);
    expect(await pageOf(visitor)).not.toContain('id="result"');
  });

  it("gets a readable page if it is too large", async () => {
    const { status, text } = await tooLarge("/saved-runs", 4 * 1024 * 1024 + 1);
    expect(status).toBe(413);
    expect(text).toContain("This file is too large");
  });

  it("gets a readable page if the form is none with a file", async () => {
    const response = await browser().post("/saved-runs", {}, new URLSearchParams({ file: "x" }));
    expect(await response.text()).toContain("No file was chosen.");
  });
});

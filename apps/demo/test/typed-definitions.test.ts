import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { PlainBrowser, serveDemo, type ServedDemo } from "./support.ts";

const ACME = {
  name: "acme",
  endpoints: {
    authorization: "https://id.acme.example/authorize",
    token: "https://id.acme.example/token",
  },
  api: { baseUrl: "https://api.acme.example/v1" },
  defaultScope: ["orders:read"],
};

let demo: ServedDemo;
let browser: PlainBrowser;

beforeAll(async () => {
  demo = await serveDemo();
});
afterAll(async () => {
  expect(demo.failures).toEqual([]);
  await demo.stop();
});
beforeEach(() => {
  browser = new PlainBrowser(demo.url);
});

async function paste(definition: string): Promise<Response> {
  const form = new URLSearchParams({ definition, client_id: "my-app", client_secret: "sesame" });
  return browser.post("/targets/definition", {}, form);
}

describe("a definition that is pasted", () => {
  it("becomes a provider to sign in with", async () => {
    const location = (await paste(JSON.stringify(ACME))).headers.get("location") ?? "";
    const page = await (await browser.get(location)).text();
    expect(page).toContain("https://id.acme.example/token");
    expect(page).toContain('value="orders:read"');
    const url = await browser.signIn(location.replace("/?provider=", ""));
    expect(url).toContain("https://id.acme.example/authorize?");
    expect(url).toContain("client_id=my-app");
  });

  it("is refused with every problem, and stays in the form to be corrected", async () => {
    const response = await paste(
      JSON.stringify({ name: "Acme!", endpoints: { token: "ftp://acme" }, hook: {}, pkce: "S512" }),
    );
    expect(response.status).toBe(400);
    const page = await response.text();
    for (const problem of ["name must be", "endpoints.token must", "hook is not", "pkce must"]) {
      expect(page).toContain(`<li>${problem}`);
    }
    expect(page).toContain("ftp://acme");
    expect(page).not.toContain("sesame");
    expect(await (await browser.get("/")).text()).not.toContain("Acme!");
  });

  it.each([
    ['{\n "name": "acme", }', "line 2, column 18"],
    ['{ "name": ', "ends too early"],
    ["() => {}", "must be JSON"],
    ["[]", "must be an object"],
    ["", "must be JSON"],
  ])("is refused when it is %j", async (text, problem) => {
    const response = await paste(text);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(problem);
  });

  it("is refused when it is longer than any definition", async () => {
    const response = await paste(JSON.stringify({ ...ACME, more: "x".repeat(200_000) }));
    expect(response.status).toBe(413);
    expect(await response.text()).toContain("This is too long");
  });
});

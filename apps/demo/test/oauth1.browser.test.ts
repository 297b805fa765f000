// Takes more than ten seconds on a small machine: Chromium opens real pages, and waits for each of them.
import { beforeAll, expect, it } from "@jest/globals";
import type { BrowserContext, Page } from "playwright-core";
import { demoInBrowser, describeWithChromium, widthProblems } from "./chromium.ts";
import type { ServedDemo } from "./support.ts";

let page: Page;
let context: BrowserContext;
let demo: ServedDemo;

const choose = async (method: string, placement: string): Promise<void> => {
  await page.getByLabel("Signature method").selectOption(method);
  await page.getByLabel("Signature goes into the").selectOption(placement);
};
const signIn = async (method: string, placement: string): Promise<void> => {
  await page.goto(demo.url);
  await choose(method, placement);
  await page.getByRole("button", { name: "Sign in with OAuth 1.0a" }).click();
  await page.getByRole("button", { name: "Allow" }).click();
  await page.waitForURL(`${demo.url}/account/oauth1`);
};
/** Presses a button, and waits for its result. */
const call = async (label: string, how: string): Promise<string> => {
  await page.getByRole("button", { name: label, exact: true }).click();
  await page.getByRole("heading", { name: `${label}: ${how}`, exact: true }).waitFor();
  return page.locator(".result pre").innerText();
};

describeWithChromium.each([
  ["HMAC-SHA1", "header"],
  ["RSA-SHA256", "query"],
  ["PLAINTEXT", "body"],
])("after a sign-in by OAuth 1.0a, %s in the %s, the demo in a browser", (method, placement) => {
  const visit = demoInBrowser("block");
  beforeAll(async () => {
    ({ page, demo } = visit());
    await signIn(method, placement);
  });

  it("shows the profile and the steps, and calls the API", async () => {
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Ada Lovelace");
    expect(
      await page
        .locator("img.picture")
        .evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
    ).toBeGreaterThan(0);
    expect(await page.locator(".exchanges .url").allInnerTexts()).toEqual([
      "/oauth/request_token",
      "/oauth/authorize",
      "/callback/oauth1",
      "/oauth/access_token",
      "/api/me",
    ]);
    // Calls use what was chosen for the sign-in.
    expect(await call("POST /echo, a form", `${method} in the ${placement}`)).toContain(
      "Analytical & difference",
    );
    expect(await page.locator("#signed-request").innerText()).toContain("oauth_signature=");
    expect(await page.locator(".result pre.bad").count()).toBe(0);
  });

  if (method !== "HMAC-SHA1") return;

  it("signs calls by other methods, JSON with a body hash, and shows the answer to a wrong secret", async () => {
    await choose("HMAC-SHA512", "query");
    expect(await call("GET /me", "HMAC-SHA512 in the query")).toContain("Ada Lovelace");
    expect(await call("POST /echo, JSON with a body hash", "HMAC-SHA512 in the query")).toContain(
      '"bodyHashChecked": true',
    );
    await choose("RSA-SHA1", "header");
    expect(await call("GET /me, signed with a wrong secret", "RSA-SHA1 in the header")).toContain(
      "signature_invalid",
    );
    expect(await page.locator(".result").innerText()).toContain("GET&http%3A%2F%2F127.0.0.1");
  });

  it("fits narrow and wide windows, light and dark", async () => {
    await choose("RSA-SHA512", "header");
    await call("GET /me, signed with a wrong secret", "RSA-SHA512 in the header");
    await page.locator(".exchanges summary").last().click();
    expect(await widthProblems(page)).toEqual([]);
  });

  it("shows a readable page for the callback of another token, and keeps the account", async () => {
    await page.getByRole("button", { name: "Send a callback for another token" }).click();
    await page.getByRole("heading", { name: "This callback is not yours" }).waitFor();
    expect(await page.locator("main").innerText()).toContain("TOKEN_MISMATCH");
    await page.getByRole("link", { name: "Start again" }).click();
    await page.getByRole("link", { name: "Open account at OAuth 1.0a" }).click();
    await page.waitForURL(`${demo.url}/account/oauth1`);
  });
});

describeWithChromium("a sign-in by OAuth 1.0a in a browser", () => {
  const visit = demoInBrowser("block");
  beforeAll(() => {
    ({ page, context, demo } = visit());
  });

  it("shows a readable page for a denied consent, on which one can start again", async () => {
    await page.goto(demo.url);
    expect(await widthProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Sign in with OAuth 1.0a" }).click();
    await page.getByRole("button", { name: "Deny" }).click();
    await page.getByRole("heading", { name: "You denied access" }).waitFor();
    await page.getByRole("link", { name: "Start again" }).click();
    await page.getByRole("button", { name: "Sign in with OAuth 1.0a" }).waitFor();
  });

  it("succeeds with a PIN that is shown in another tab", async () => {
    await page.goto(demo.url);
    await choose("HMAC-SHA256", "header");
    await page.getByRole("button", { name: "Sign in with a PIN" }).click();
    await page.waitForURL(`${demo.url}/pin/oauth1`);
    expect(await widthProblems(page)).toEqual([]);
    await page.getByLabel("PIN").fill("0000000");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "That did not work" }).waitFor();
    const opened = context.waitForEvent("page");
    await page.locator(".steps a").click();
    const tab = await opened;
    await tab.getByRole("button", { name: "Allow" }).click();
    const pin = await tab.locator("#pin").innerText();
    await tab.close();
    await page.getByLabel("PIN").fill(pin);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${demo.url}/account/oauth1`);
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Ada Lovelace");
  });
});

// Takes about ten seconds: Chromium goes to the provider and back for each sign-in.
import { beforeAll, expect, it } from "@jest/globals";
import type { BrowserContext, Page } from "playwright-core";
import { demoInBrowser, describeWithChromium, widthProblems } from "./chromium.ts";
import type { ServedDemo } from "./support.ts";

let page: Page;
let context: BrowserContext;
let demo: ServedDemo;

const open = (flow: string): Promise<unknown> =>
  page.goto(`${demo.url}/?provider=oauth1&flow=${flow}`);
const press = async (name: string, heading: string): Promise<string> => {
  await page.getByRole("button", { name, exact: true }).click();
  await page.getByRole("heading", { name: heading, exact: true }).waitFor();
  return page.locator("article.run").innerText();
};

describeWithChromium("OAuth 1.0a in a browser", () => {
  const visit = demoInBrowser("block");
  beforeAll(() => {
    ({ page, context, demo } = visit());
  });

  it("is chosen as a provider, and then has flows of its own", async () => {
    await page.goto(demo.url);
    await page.getByRole("link", { name: /^OAuth 1\.0a/ }).click();
    const flows = await page.locator("nav.flows a").allInnerTexts();
    expect(flows.map((text) => text.trim())).toEqual([
      "Sign in",
      "Sign in with a PIN",
      "xAuth",
      "Signed API call",
      "Two-legged request",
      "Refresh the token",
      "Verify a request",
    ]);
  });

  it("signs in, calls the API with JSON, and shows what the server signed after a wrong secret", async () => {
    await open("oauth1-sign-in");
    await page.getByLabel("Signature method").selectOption("RSA-SHA256");
    await page.getByLabel("Signature goes into the").selectOption("query");
    await page.getByRole("button", { name: "Sign in with OAuth 1.0a" }).click();
    expect(await press("Allow", "Signed in")).toContain("Ada Lovelace");
    await open("oauth1-call");
    await page.getByLabel("What to send").selectOption("json");
    expect(await press("Call the API", "The API answered")).toContain('"bodyHashChecked": true');
    await page.getByLabel("Make it fail").selectOption("wrong-secret");
    const failed = await press("Call the API", "The API refused the token: 401");
    expect(failed).toContain("signature_invalid");
    expect(failed).toContain("POST&http%3A%2F%2F127.0.0.1");
    expect(await widthProblems(page)).toEqual([]);
  });

  it("shows a denied consent, on a page where one can start again", async () => {
    await open("oauth1-sign-in");
    await page.getByRole("button", { name: "Sign in with OAuth 1.0a" }).click();
    expect(await press("Deny", "Access was denied: ACCESS_DENIED")).toContain("user said no");
    await page.getByRole("button", { name: "Sign in with OAuth 1.0a" }).waitFor();
  });

  it("signs in with a PIN that is shown in another tab", async () => {
    await open("oauth1-pin");
    await press("Continue", "Now get the PIN");
    const opened = context.waitForEvent("page");
    await page.getByRole("link", { name: "Ask OAuth 1.0a for a PIN" }).click();
    const tab = await opened;
    await tab.getByRole("button", { name: "Allow" }).click();
    const pin = await tab.locator("#pin").innerText();
    await tab.close();
    await page.getByLabel("PIN", { exact: true }).fill(pin);
    expect(await press("Continue", "Signed in")).toContain("Ada Lovelace");
  });

  it("takes an app at X in the emulator's place", async () => {
    await page.goto(`${demo.url}/?provider=oauth1`);
    await page.getByText("Another app at X").click();
    const form = page.locator(".target-details");
    await form.getByLabel("Client ID").fill("key");
    await form.getByLabel("Client secret").fill("secret");
    await form.getByRole("button", { name: "Use this app" }).click();
    await page.getByRole("link", { name: "Sign in", exact: true }).click();
    await page.getByRole("button", { name: "Sign in with X" }).waitFor();
    await page.getByRole("link", { name: "xAuth" }).click();
    await page.getByText("X removed xAuth in 2017.").waitFor();
    expect(await widthProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Remove X" }).click();
  });

  it("verifies the last request that was sent", async () => {
    await open("oauth1-verify");
    expect(await press("Verify", "The request is good")).toContain("oauth1-emulator-consumer");
    expect(await press("Verify", "The request is a copy: NONCE_USED")).toContain("nonce");
  });
});

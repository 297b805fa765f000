import { beforeAll, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { demoInBrowser, describeWithChromium, widthProblems } from "./chromium.ts";
import type { ServedDemo } from "./support.ts";

describeWithChromium("the life of a token in a browser", () => {
  const visit = demoInBrowser("block");
  let page: Page;
  let demo: ServedDemo;
  const use = async (flow: string, button: string, heading: string): Promise<string> => {
    await page.goto(`${demo.url}/?provider=github&flow=${flow}`);
    await page.getByRole("button", { name: button, exact: true }).click();
    await page.getByRole("heading", { name: heading, exact: true }).waitFor();
    return page.locator("article.run").innerText();
  };
  const held = (): Promise<string> => page.locator(".token.held").innerText();
  beforeAll(async () => {
    ({ page, demo } = visit());
    await page.goto(`${demo.url}/?provider=github&flow=authorization-code`);
    await page.getByRole("button", { name: "Sign in with GitHub" }).click();
    await page.getByRole("button", { name: "Allow" }).click();
    await page.locator(".token.held").waitFor();
  });

  it("counts down to the token's end", async () => {
    expect(await page.locator(".held time").innerText()).toMatch(/^in (?:7 h 59 min|8 h)/);
  });

  it("expires it, shows the refresh of the next call, and what onTokenUpdate was told", async () => {
    await use("expire", "Expire it now", "The token has expired");
    expect(await page.locator(".held time").innerText()).toBe("expired");
    const result = await use("api-call", "Call the API", "The API answered");
    expect(result).toContain("/login/oauth/access_token");
    expect(await held()).toMatch(/→.*with a new refresh token/s);
    expect(await page.locator(".held time").innerText()).toMatch(/^in /);
  });

  it("shows 100 requests that share one refresh as two rows", async () => {
    await use("many-requests", "Send 100 requests", "One refresh for 100 requests");
    expect(await page.locator(".exchange").count()).toBe(2);
    expect(await page.locator(".exchange").last().innerText()).toContain("100 times");
  });

  it("shows the token's three places side by side, also on a phone", async () => {
    await use("token-placement", "Send it three times", "The token in three places");
    expect(await page.getByRole("columnheader").allInnerTexts()).toEqual([
      "In the header",
      "In the query",
      "In the body",
    ]);
    expect(await widthProblems(page)).toEqual([]);
  });

  it("ends", async () => {
    await use("end-session", "Revoke, then call the API", "It is over");
    expect(await page.locator(".token.held").count()).toBe(0);
    await page.goto(`${demo.url}/?provider=github&flow=api-call`);
    expect(await page.getByRole("button", { name: "Call the API" }).isDisabled()).toBe(true);
  });
});

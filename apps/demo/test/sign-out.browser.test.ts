// Takes more than ten seconds on a small machine: Chromium opens real pages, and waits for each of them.
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type Browser, chromium, type Page } from "playwright-core";
import { describeWithChromium } from "./chromium.ts";
import { serveDemo, type ServedDemo } from "./support.ts";

describeWithChromium("after a sign-out, the browser's Back button", () => {
  let browser: Browser;
  let demo: ServedDemo;
  beforeAll(async () => {
    demo = await serveDemo();
    browser = await chromium.launch({
      executablePath: process.env["CHROMIUM_PATH"] ?? "",
      args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
      // Playwright turns off the memory of pages that Back uses.
      ignoreDefaultArgs: ["--disable-back-forward-cache"],
    });
  });
  afterAll(async () => {
    await browser.close();
    await demo.stop();
  });

  const signIn = async (page: Page, title: string): Promise<void> => {
    await page.goto(demo.url);
    await page
      .getByRole("button", { name: `Sign in with ${title}` })
      .first()
      .click();
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByRole("heading", { name: "Ada Lovelace", level: 1 }).waitFor();
  };

  /** Presses the Back button, and returns the text of the page that the browser then shows. */
  const back = async (page: Page): Promise<string> => {
    // Playwright's goBack() waits for a load that a page from the browser's memory does not have.
    await page.evaluate("left = true; setTimeout(() => history.back())");
    await page.waitForFunction("typeof left === 'undefined'");
    return page.locator("main").innerText();
  };

  it.each(["GitHub", "OAuth 1.0a"])("does not show the account at %s again", async (title) => {
    const page = await (await browser.newContext()).newPage();
    await signIn(page, title);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Try every sign-in by hand" }).waitFor();
    expect(await back(page)).not.toContain("Ada Lovelace");
    await page.context().close();
  });
});

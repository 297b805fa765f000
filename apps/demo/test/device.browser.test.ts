// Takes more than ten seconds on a small machine: Chromium opens real pages, and waits for each of them.
import { beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { BrowserContext, Locator, Page } from "playwright-core";
import { demoInBrowser, describeWithChromium, widthProblems } from "./chromium.ts";
import type { ServedDemo } from "./support.ts";

let page: Page;
let context: BrowserContext;
let demo: ServedDemo;

const begin = async (title: string): Promise<void> => {
  await page.clock.install();
  await page.goto(demo.url);
  const card = page.getByRole("article").filter({ hasText: title });
  await card.getByRole("button", { name: "Sign in on another device" }).click();
  await page.waitForURL(`${demo.url}/device/${title.toLowerCase()}`);
};
const answer = (word: string): Locator => page.locator(".answers").getByText(word).last();
/** Lets the page reload, as it does every two seconds, until it shows something. */
const lookUntil = async (seen: Locator): Promise<void> => {
  while (!(await seen.isVisible())) {
    // A page that is still loading has no timer yet: then there is no reload, and the next round has one.
    const loaded = page.waitForEvent("load", { timeout: 1000 }).catch(() => undefined);
    await page.clock.runFor(2000);
    await loaded;
  }
};
/** Opens the provider's page in another tab, and enters the code there. */
const enterCode = async (decision: "Allow" | "Deny"): Promise<void> => {
  const code = await page.locator(".user-code").innerText();
  const opened = context.waitForEvent("page");
  await page.locator(".steps a").click();
  const phone = await opened;
  await phone.getByLabel("Code").fill(code);
  await phone.getByRole("button", { name: "Continue" }).click();
  await phone.getByRole("button", { name: decision }).click();
  await phone.getByText(decision === "Allow" ? "Device connected" : "Access denied").waitFor();
  await phone.close();
};

describeWithChromium("a sign-in on another device, in a browser", () => {
  const visit = demoInBrowser();
  beforeEach(() => {
    ({ page, context, demo } = visit());
  });

  it.each(["Google", "GitHub"])(
    "with %s shows each poll, and goes to the account by itself",
    async (title) => {
      await begin(title);
      expect(await page.locator("time").innerText()).toMatch(/^in \d+ min/);
      demo.clock.advance(5000);
      await lookUntil(answer("authorization_pending"));
      await page.getByRole("button", { name: "too early" }).click();
      demo.clock.advance(10);
      await lookUntil(answer("slow_down"));
      expect(await page.locator(".answers li").last().innerText()).toMatch(/after 10 s$/);
      // A poll at the requested interval is not too fast.
      demo.clock.advance(10_000);
      await lookUntil(page.locator(".answers li").nth(2));
      expect(await page.locator(".answers code").allInnerTexts()).toEqual([
        "authorization_pending",
        "slow_down",
        "authorization_pending",
      ]);
      await enterCode("Allow");
      demo.clock.advance(10_000);
      await lookUntil(page.getByRole("heading", { name: "Ada Lovelace", level: 1 }));
      expect(page.url()).toBe(`${demo.url}/account/${title.toLowerCase()}`);
      expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Ada Lovelace");
      expect(await page.locator(".exchanges .begins").allInnerTexts()).toEqual([
        `Device sign-in with ${title}`,
      ]);
      await page.getByRole("button", { name: "token in the header" }).click();
      await page.locator(".result").waitFor();
      expect(await page.locator(".result pre.bad").count()).toBe(0);
    },
  );

  it("shows a readable page when the user says no there", async () => {
    await begin("GitHub");
    await enterCode("Deny");
    demo.clock.advance(5000);
    await lookUntil(page.getByRole("heading", { name: "You denied access" }));
    await page.getByRole("link", { name: "Start again" }).click();
    expect(await page.getByRole("button", { name: "another device" }).count()).toBe(2);
  });
});

describeWithChromium("the page of a sign-in on another device, in a browser", () => {
  const visit = demoInBrowser("block");
  beforeAll(async () => {
    ({ page, demo } = visit());
    await begin("Google");
  });

  it("does not reload the page while somebody reads an exchange", async () => {
    let looks = 0;
    page.on("request", (request) => {
      if (request.isNavigationRequest()) looks += 1;
    });
    await page.locator(".exchanges summary").first().click();
    await page.clock.runFor(10_000);
    await page.locator(".exchanges summary").first().click();
    expect(await page.locator("details[open]").count()).toBe(0);
    // A page that is still loading has no timer yet: then there is no reload, and the next round has one.
    const loaded = page.waitForEvent("load", { timeout: 1000 }).catch(() => undefined);
    await page.clock.runFor(2000);
    await loaded;
    expect(looks).toBe(1);
  });

  it("fits narrow and wide windows, light and dark", async () => {
    demo.clock.advance(5000);
    await lookUntil(answer("authorization_pending"));
    expect(await widthProblems(page)).toEqual([]);
  });

  it("keeps the code when the exchanges are cleared, links back to it, and stops waiting", async () => {
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByText("Nothing yet.").waitFor();
    expect(await page.locator(".user-code").count()).toBe(1);
    await page.getByRole("link", { name: "Grantkit" }).click();
    await page.getByRole("link", { name: "Show the code for Google again" }).click();
    await page.getByRole("button", { name: "Stop waiting" }).click();
    await page.waitForURL(`${demo.url}/`);
    expect(await page.getByRole("button", { name: "another device" }).count()).toBe(2);
  });
});

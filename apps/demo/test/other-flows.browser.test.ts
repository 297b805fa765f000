import { beforeEach, expect, it } from "@jest/globals";
import type { BrowserContext, Page } from "playwright-core";
import { demoInBrowser, describeWithChromium } from "./chromium.ts";
import type { ServedDemo } from "./support.ts";

describeWithChromium("the other flows in a browser", () => {
  const visit = demoInBrowser();
  let page: Page;
  let context: BrowserContext;
  let demo: ServedDemo;
  beforeEach(() => {
    ({ page, context, demo } = visit());
  });

  const begin = async (title: string): Promise<void> => {
    await page.goto(demo.url);
    const card = page.getByRole("article").filter({ hasText: title });
    await card.getByRole("button", { name: "Sign in on another device" }).click();
    await page.waitForURL(`${demo.url}/device/${title.toLowerCase()}`);
  };
  const answered = (word: string): Promise<void> =>
    page.locator(".answers").getByText(word).last().waitFor();
  /** Goes to the provider's page by the link, in another tab, and enters the code there. */
  const enterCode = async (answer: "Allow" | "Deny"): Promise<void> => {
    const code = await page.locator(".user-code").innerText();
    const opened = context.waitForEvent("page");
    await page.locator(".steps a").click();
    const phone = await opened;
    await phone.getByLabel("Code").fill(code);
    await phone.getByRole("button", { name: "Continue" }).click();
    await phone.getByRole("button", { name: answer }).click();
    await phone.getByText(answer === "Allow" ? "Device connected" : "Access denied").waitFor();
    await phone.close();
  };

  it.each(["Google", "GitHub"])(
    "signs in with %s on another device, shows how that goes, and goes on by itself",
    async (title) => {
      await begin(title);
      expect(await page.locator("time").innerText()).toMatch(/^in \d+ min/);
      demo.clock.advance(5000);
      await answered("authorization_pending");
      await page.getByRole("button", { name: "too early" }).click();
      demo.clock.advance(10);
      await answered("slow_down");
      expect(await page.locator(".answers li").last().innerText()).toMatch(/after 10 s$/);
      // At the pace that was asked for there is nothing to complain of.
      demo.clock.advance(10_000);
      await page.locator(".answers li").nth(2).waitFor();
      expect(await page.locator(".answers code").allInnerTexts()).toEqual([
        "authorization_pending",
        "slow_down",
        "authorization_pending",
      ]);
      await enterCode("Allow");
      demo.clock.advance(10_000);
      await page.waitForURL(`${demo.url}/account/${title.toLowerCase()}`);
      expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Ada Lovelace");
      expect(await page.locator(".exchanges .begins").allInnerTexts()).toEqual([
        `Device sign-in with ${title}`,
      ]);
      await page.getByRole("button", { name: "token in the header" }).click();
      await page.locator(".result").waitFor();
      expect(await page.locator(".result pre.bad").count()).toBe(0);
    },
  );

  it("ends a no on a readable page", async () => {
    await begin("GitHub");
    await enterCode("Deny");
    demo.clock.advance(5000);
    await page.getByRole("heading", { name: "You denied access" }).waitFor();
    await page.getByRole("link", { name: "Start again" }).click();
    expect(await page.getByRole("button", { name: "another device" }).count()).toBe(2);
  });

  it("leaves an exchange open that somebody reads", async () => {
    await page.clock.install();
    await begin("Google");
    let looks = 0;
    page.on("request", (request) => {
      if (request.isNavigationRequest()) looks += 1;
    });
    await page.locator(".exchanges summary").first().click();
    await page.clock.runFor(10_000);
    await page.locator(".exchanges summary").first().click();
    expect(await page.locator("details[open]").count()).toBe(0);
    const loaded = page.waitForEvent("load");
    await page.clock.runFor(2000);
    await loaded;
    expect(looks).toBe(1);
  });

  it("stays when its list is cleared, leads back to the code, and stops waiting", async () => {
    await begin("Google");
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByText("Nothing yet.").waitFor();
    expect(await page.locator(".user-code").count()).toBe(1);
    await page.getByRole("link", { name: "Grantkit" }).click();
    await page.getByRole("link", { name: "Show the code for Google again" }).click();
    await page.getByRole("button", { name: "Stop waiting" }).click();
    await page.waitForURL(`${demo.url}/`);
    expect(await page.getByRole("button", { name: "another device" }).count()).toBe(2);
  });

  it.each([
    ["Google as a service account", "GET /calendar/v3/users/me/calendarList", "robot"],
    ["Facebook as the app itself", "GET /debug_token", '"is_valid": true'],
  ])("calls %s", async (name, title, text) => {
    await page.goto(demo.url);
    await page.getByRole("button", { name: `Call ${name}` }).click();
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Nobody is signed in");
    const result = page.locator(".result");
    expect(await result.getByRole("heading").innerText()).toBe(title);
    expect(await result.locator("pre").innerText()).toContain(text);
    expect(await page.locator(".exchanges .begins").allInnerTexts()).toEqual([name]);
    await page.getByRole("button", { name: "Do it again" }).click();
    expect(await page.locator(".exchanges .begins").count()).toBe(2);
  });

  it.each(["Google", "GitHub", "Facebook"])("revokes the token of %s", async (title) => {
    await page.goto(demo.url);
    await page.getByRole("button", { name: `Sign in with ${title}` }).click();
    await page.getByRole("button", { name: "Allow" }).click();
    await page.waitForURL(/\/account\//);
    await page.getByRole("button", { name: "Revoke the token" }).click();
    await page.getByRole("heading", { name: "Revoked" }).waitFor();
    await page.getByRole("button", { name: "token in the header" }).click();
    await page.locator(".result pre.bad").waitFor();
  });

  it.each([
    [390, "light"],
    [390, "dark"],
    [1280, "light"],
    [1280, "dark"],
  ] as const)("fits a width of %d pixels, %s", async (width, colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    const fits = (): Promise<boolean> =>
      page.evaluate<boolean>(
        '[document.documentElement, ...document.querySelectorAll(".panel")].every((part) => part.scrollWidth <= part.clientWidth)',
      );
    await begin("Google");
    demo.clock.advance(5000);
    await answered("authorization_pending");
    expect(await fits()).toBe(true);
    await page.goto(demo.url);
    await page.getByRole("button", { name: "as a service account" }).click();
    await page.locator(".result").waitFor();
    expect(await fits()).toBe(true);
  });
});

import { beforeEach, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { demoInBrowser, describeWithChromium } from "./chromium.ts";
import type { ServedDemo } from "./support.ts";

describeWithChromium("the demo in a browser", () => {
  const visit = demoInBrowser();
  let page: Page;
  let demo: ServedDemo;
  beforeEach(() => {
    ({ page, demo } = visit());
  });

  const signIn = async (title: string): Promise<void> => {
    await page.goto(demo.url);
    await page.getByRole("button", { name: `Sign in with ${title}` }).click();
    await page.getByRole("button", { name: "Allow" }).click();
    await page.waitForURL(`${demo.url}/account/${title.toLowerCase()}#`);
  };
  const text = async (): Promise<string> => page.locator("main").innerText();

  it.each(["Google", "GitHub", "Facebook"])(
    "signs in with %s: profile, picture, scopes, expiry",
    async (title) => {
      await signIn(title);
      expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Ada Lovelace");
      expect(
        await page
          .locator("img.picture")
          .evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
      ).toBeGreaterThan(0);
      expect(await page.locator(".scopes li").count()).toBeGreaterThan(0);
      expect(await page.locator("#expiry").innerText()).toMatch(/^in \d/);
      expect(await text()).toContain("emulator");
      const steps = await page.locator(".exchanges .url").allInnerTexts();
      expect(steps[0]).toMatch(/auth/);
      expect(steps[1]).toBe(`/callback/${title.toLowerCase()}`);
      expect(steps[2]).toMatch(/token/);
    },
  );

  it.each([
    ["Google", "header"],
    ["GitHub", "header"],
    ["Facebook", "header"],
    ["Facebook", "query"],
  ])("calls the API of %s with the token in the %s", async (title, placement) => {
    await signIn(title);
    await page.getByRole("button", { name: `token in the ${placement}` }).click();
    const result = page.locator(".result");
    await result.waitFor();
    expect(await result.locator("pre.bad").count()).toBe(0);
    await page.locator(".exchanges summary").last().click();
    const exchange = await page.locator(".exchanges li").last().innerText();
    expect(exchange).toContain(placement === "query" ? "access_token=" : "Authorization: Bearer ");
  });

  it("says where the token cannot go into the query", async () => {
    await signIn("GitHub");
    expect(await page.getByRole("button", { name: "token in the query" }).isDisabled()).toBe(true);
    expect(await text()).toContain("GitHub has refused tokens in URLs");
  });

  it.each(["Google", "GitHub"])("refreshes the token of %s", async (title) => {
    await signIn(title);
    const before = await page.locator("#access-token").innerText();
    await page.getByRole("button", { name: "Refresh the token" }).click();
    await page.locator(".result").waitFor();
    expect(await page.locator("#access-token").innerText()).not.toBe(before);
  });

  it("signs out, and in with several providers at once", async () => {
    await signIn("GitHub");
    await signIn("Facebook");
    await page.getByRole("link", { name: "Grantkit" }).click();
    expect(await page.getByText("Signed in as Ada Lovelace").count()).toBe(2);
    await page.getByRole("link", { name: "Open account" }).first().click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${demo.url}/`);
    expect(await page.getByText("Signed in as Ada Lovelace").count()).toBe(1);
  });

  it("ends a denied consent on a readable page, with a way back", async () => {
    await page.goto(demo.url);
    await page.getByRole("button", { name: "Sign in with Facebook" }).click();
    await page.getByRole("button", { name: "Deny" }).click();
    await page.waitForURL(/\/callback\/facebook/);
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("You denied access");
    await page.getByRole("link", { name: "Start again" }).click();
    expect(await page.getByRole("button", { name: "Sign in with Facebook" }).isVisible()).toBe(
      true,
    );
  });

  it("ends a replayed callback, a wrong state and an expired sign-in on readable pages", async () => {
    const callbacks: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/callback/")) callbacks.push(request.url());
    });
    await signIn("Google");
    await page.goto(callbacks[0] as string);
    expect(await text()).toContain("This callback was already used");
    expect(await text()).toContain("CALLBACK_REPLAYED");
    await page.goto(`${demo.url}/callback/google?code=x&state=somebody-elses`);
    expect(await text()).toContain("STATE_MISMATCH");
    await page.goto(demo.url);
    await page.getByRole("link", { name: "Open account at Google" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in with Google" }).click();
    demo.clock.advance(10 * 60_000 + 1000);
    await page.getByRole("button", { name: "Allow" }).click();
    await page.waitForURL(/\/callback\/google/);
    expect(await text()).toContain("AUTHORIZATION_REQUEST_EXPIRED");
  });

  it("shows no secret: not the client's, not a token, not a code", async () => {
    const codes: string[] = [];
    page.on("request", (request) => {
      const code = new URL(request.url()).searchParams.get("code");
      if (code) codes.push(code);
    });
    const emulated: string[] = [];
    const { providers } = demo;
    for (const { title } of providers) {
      await signIn(title);
      await page.getByRole("button", { name: "token in the header" }).click();
      await page.locator(".result").waitFor();
    }
    emulated.push("google-emulator-secret", "github-emulator-secret", "facebook-emulator-secret");
    const source = await page.content();
    expect(codes).toHaveLength(3);
    for (const secret of [...codes, ...emulated]) expect(source).not.toContain(secret);
    expect(source).not.toMatch(/gho_\w{20}|ya29\.\w{12}|EAA\w{20}|eyJ[\w-]{30}/);
    expect(source).toMatch(/Bearer EAA\w…\w{4}/);
  });

  it.each([
    [390, "light"],
    [390, "dark"],
    [1280, "light"],
    [1280, "dark"],
  ] as const)("fits a width of %d pixels, %s", async (width, colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    await signIn("GitHub");
    await page.getByRole("button", { name: "token in the header" }).click();
    await page.locator(".result").waitFor();
    await page.locator(".exchanges summary").last().click();
    const fits = (): Promise<boolean> =>
      page.evaluate<boolean>(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth",
      );
    expect(await fits()).toBe(true);
    await page.goto(demo.url);
    expect(await fits()).toBe(true);
  });
});

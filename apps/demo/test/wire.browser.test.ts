import { beforeAll, expect, it } from "@jest/globals";
import type { BrowserContext, Page } from "playwright-core";
import { demoInBrowser, describeWithChromium, widthProblems } from "./chromium.ts";
import type { ServedDemo } from "./support.ts";

const ACTIONS = [
  { size: { width: 1280, height: 720 }, fault: "", heading: "Signed in" },
  {
    size: { width: 390, height: 844 },
    fault: "id-token-wrong-nonce",
    heading: "The ID token was refused: ID_TOKEN_INVALID",
  },
];

describeWithChromium("what happened, in a browser", () => {
  const visit = demoInBrowser("block");
  let page: Page;
  let context: BrowserContext;
  let demo: ServedDemo;
  beforeAll(() => {
    ({ page, context, demo } = visit());
  });

  const signIn = async (fault = ""): Promise<void> => {
    await page.goto(`${demo.url}/?provider=google&flow=authorization-code`);
    await page.getByLabel("Make it fail").selectOption(fault);
    await page.getByRole("button", { name: "Sign in with Google" }).click();
    await page.getByRole("button", { name: "Allow" }).click();
    await page.waitForURL(`${demo.url}/**#result`);
  };

  it("is in view and has the focus after each action, on laptops and phones", async () => {
    for (const { size, fault, heading } of ACTIONS) {
      await page.setViewportSize(size);
      await signIn(fault);
      const result = page.locator("#result:focus");
      expect(await result.innerText()).toBe(heading);
      const box = await result.boundingBox();
      expect(box?.y).toBeGreaterThan(0);
      expect((box?.y ?? size.height) + (box?.height ?? 0)).toBeLessThan(size.height / 2);
    }
  });

  it("makes way for the form of a flow or a provider when it is chosen", async () => {
    const choices = [
      page.getByRole("link", { name: "Revoke", exact: true }),
      page.getByRole("link", { name: "GitHub emulator", exact: true }),
    ];
    for (const { size } of ACTIONS) {
      await page.setViewportSize(size);
      for (const choice of choices) {
        await signIn();
        await choice.click();
        await page.waitForURL(`${demo.url}/**#request`);
        const box = await page.locator("#request:focus").boundingBox();
        expect(box?.y).toBeGreaterThan(0);
        expect(box?.y).toBeLessThan(size.height / 2);
      }
    }
  });

  it("leaves the providers in view on laptops when one is chosen", async () => {
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.getByRole("link", { name: "Google emulator", exact: true }).click();
    await page.locator("#request:focus").waitFor();
    const providers = await page.locator(".providers").boundingBox();
    expect(providers?.y).toBeGreaterThan(0);
  });

  it("fits narrow and wide windows, light and dark, with all that opens open", async () => {
    await page.evaluate(
      `document.querySelectorAll("details").forEach((each) => { each.open = true; })`,
    );
    expect(await widthProblems(page)).toEqual([]);
  });

  it("suggests scopes, which a click adds or removes and Enter completes", async () => {
    await page.goto(`${demo.url}/?provider=google&flow=authorization-code`);
    const field = page.getByLabel("Scopes", { exact: true });
    const chip = (name: string) => page.getByRole("button", { name, exact: true });
    await field.fill("openid");
    await chip("email").click();
    expect(await field.inputValue()).toBe("openid email");
    expect(await chip("email").getAttribute("aria-pressed")).toBe("true");
    await chip("openid").click();
    expect(await field.inputValue()).toBe("email");
    await field.focus();
    await page.keyboard.press("End");
    await page.keyboard.type(" drive");
    expect(await chip("profile").isVisible()).toBe(false);
    await page.keyboard.press("Enter");
    expect(await field.inputValue()).toBe("email https://www.googleapis.com/auth/drive.file");
  });

  it("has a secret behind a click, and a button that copies it", async () => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await signIn();
    const secret = page.locator(".token .secret").first();
    const raw = secret.locator(".raw");
    expect(await raw.isVisible()).toBe(false);
    await page.locator(".token .copy").first().click();
    const copied = await page.evaluate<string>("navigator.clipboard.readText()");
    await secret.locator("summary").click();
    expect(await raw.innerText()).toBe(copied);
    expect(copied).toMatch(/^ya29\./);
  });

  it("opens exchanges and their curl command by keyboard, and has the code of the SDK", async () => {
    const exchange = page.locator(".exchange").nth(2);
    await exchange.locator("> summary").focus();
    await page.keyboard.press("Enter");
    await exchange.getByText("Copy as curl").click();
    expect(await exchange.locator(".as-code > pre").innerText()).toContain(
      "curl --request POST http://127.0.0.1",
    );
    await page.getByText("Copy as Grantkit code").click();
    expect(await page.locator(".run > .as-code pre").innerText()).toContain("new GoogleClient(");
  });

  it("is less than 100 KB with style sheets, scripts and marks", async () => {
    let size = 0;
    const add = async (url: string): Promise<void> => {
      const response = await page.request.get(url);
      size += (await response.body()).length;
    };
    const assets = await page.evaluate<string[]>(
      `performance.getEntriesByType("resource").map(({ name }) => name)`,
    );
    for (const url of [demo.url, ...assets]) await add(url);
    expect(assets.length).toBeGreaterThan(4);
    expect(size).toBeLessThan(100_000);
  });
});

// Takes about half a minute: axe reads eleven pages, each in both widths and both themes.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { BrowserFaults } from "./browser-faults.ts";
import { demoInBrowser, describeWithChromium, eachLook } from "./chromium.ts";
import { Workbench } from "./workbench.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong with the page in each width and theme, one line for each element. */
async function axeProblems(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const problems: string[] = [];
  await eachLook(page, async (look) => {
    const { violations } = await page.evaluate<AxeResults>(
      `axe.run({ resultTypes: ["violations"], preload: false })`,
    );
    for (const { id, nodes } of violations) {
      problems.push(...nodes.map(({ html }) => `${look}: ${id}: ${html}`));
    }
  });
  return problems;
}

/** Presses Tab until the page has been walked through once; says where the focus was and whether it was seen. */
async function tabStops(page: Page): Promise<{ stops: number[]; unseen: string[] }> {
  await page.evaluate(`window.focusable = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']",
  )].filter((part) => !part.disabled && part.checkVisibility())`);
  const stops: number[] = [];
  const unseen: string[] = [];
  for (;;) {
    await page.keyboard.press("Tab");
    const [stop, isSeen, name] = await page.evaluate<[number, boolean, string]>(`(() => {
      const part = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(part);
      const { top, bottom } = part.getBoundingClientRect();
      const isSeen = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2
        && bottom > 0 && top < innerHeight;
      return [window.focusable.indexOf(part), isSeen, part.outerHTML.slice(0, 120)];
    })()`);
    if (stop === -1 || stops.includes(stop)) return { stops, unseen };
    stops.push(stop);
    if (!isSeen) unseen.push(name);
  }
}

describeWithChromium("the playground's pages, for everybody,", () => {
  const visit = demoInBrowser("block");
  let google: Workbench;
  let faults: BrowserFaults;
  beforeAll(() => {
    google = new Workbench(visit(), "google");
    faults = new BrowserFaults(visit(), "Google");
  });
  beforeEach(() => visit().page.setViewportSize({ width: 1280, height: 720 }));

  it.each(["google", "local"])("start without an accessibility problem: %s", async (provider) => {
    const { page, demo } = visit();
    await page.goto(`${demo.url}/?provider=${provider}`);
    for (const more of await page.locator(".flow-form summary").all()) await more.click();
    expect(await axeProblems(page)).toEqual([]);
  });

  it("have all controls in the order of Tab, and show where the focus is", async () => {
    const { page, demo } = visit();
    await page.goto(demo.url);
    const { stops, unseen } = await tabStops(page);
    const all = await page.evaluate<number>("window.focusable.length");
    expect(stops).toEqual([...Array(all).keys()]);
    expect(all).toBeGreaterThan(20);
    expect(unseen).toEqual([]);
  });

  it("tell a success without an accessibility problem, and focus its heading", async () => {
    const { page } = visit();
    await faults.signIn("no fault");
    expect(await page.evaluate("document.activeElement.id")).toBe("result");
    await page.locator(".jwt > summary").click();
    await page.locator(".exchange > summary").last().click();
    expect(await axeProblems(page)).toEqual([]);
  });

  it("tell a failure without an accessibility problem, and focus its heading", async () => {
    const { page } = visit();
    await faults.signIn("An ID token with a forged signature");
    expect(await page.evaluate("document.activeElement.id")).toBe("result");
    await page.locator(".jwt > summary").click();
    expect(await axeProblems(page)).toEqual([]);
  });

  it("wait for a device without an accessibility problem", async () => {
    const { page } = visit();
    await google.send("device");
    await page.locator(".user-code").waitFor();
    expect(await axeProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Stop" }).click();
    expect(await google.result()).toContain("ABORTED");
  });

  it("compare the places of a token without an accessibility problem", async () => {
    await faults.signIn("no fault");
    expect(await google.run("token-placement")).toMatch(/^The token in three places/);
    expect(await axeProblems(visit().page)).toEqual([]);
  });

  it("warn of a missing refresh token without an accessibility problem", async () => {
    const { page, demo } = visit();
    await page.goto(`${demo.url}/?provider=google&flow=refresh`);
    await page.locator(".notice").waitFor();
    expect(await axeProblems(page)).toEqual([]);
  });

  it("show an export without an accessibility problem, and focus its heading", async () => {
    const { page, demo, context } = visit();
    const exported = await context.request.get(`${demo.url}/export.json`);
    await page.goto(`${demo.url}/saved-runs`);
    const file = { name: "runs.json", mimeType: "application/json", buffer: await exported.body() };
    await page.getByLabel("File").setInputFiles(file);
    await page.getByRole("button", { name: "Open it" }).click();
    await page.getByRole("link", { name: /ID_TOKEN_INVALID/ }).click();
    expect(await page.evaluate("document.activeElement.id")).toBe("result");
    await page.locator(".exchange > summary").last().click();
    expect(await axeProblems(page)).toEqual([]);
  });

  it.each([
    ["an error", "/callback/google?code=x&state=x"],
    ["the forms for another provider", "/targets/new"],
    ["OAuth 1.0a", "/?provider=oauth1"],
  ])("show %s without an accessibility problem", async (_, path) => {
    const { page, demo } = visit();
    await page.goto(`${demo.url}${path}`);
    expect(await axeProblems(page)).toEqual([]);
  });
});

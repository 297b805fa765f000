import { beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { Locator, Page } from "playwright-core";
import { BrowserFaults } from "./browser-faults.ts";
import { demoInBrowser, describeWithChromium, eachLook } from "./chromium.ts";

const FAULT = "A wrong client secret";

describeWithChromium("a fault that is on", () => {
  const visit = demoInBrowser("block");
  let page: Page;
  let notice: Locator;
  let faults: BrowserFaults;
  beforeAll(() => {
    ({ page } = visit());
    notice = page.locator(".fault-on");
    faults = new BrowserFaults(visit(), "facebook");
  });
  beforeEach(() => page.setViewportSize({ width: 1280, height: 720 }));

  it("is named in view above the button, in both widths, after it was sent", async () => {
    await faults.signIn(FAULT);
    const hidden: string[] = [];
    await eachLook(page, async (look) => {
      await page.goto(`${visit().demo.url}/?provider=facebook&flow=authorization-code`);
      await page.goto(`${page.url()}#request`);
      const box = await notice.boundingBox();
      const button = await page.locator(".send > button").boundingBox();
      const { height } = page.viewportSize() ?? { height: 0 };
      const isShown = box && button && box.y > 0 && box.y + box.height <= button.y;
      if (!isShown || button.y + button.height > height) hidden.push(look);
    });
    expect(hidden).toEqual([]);
    expect(await notice.innerText()).toContain(`Fault on: ${FAULT}`);
  });

  it("is removed by its button, and Enter still sends the form", async () => {
    await faults.signIn(FAULT);
    await notice.getByRole("button", { name: "Remove" }).click();
    await page.waitForURL(/#request$/);
    expect(await notice.isVisible()).toBe(false);
    await page.reload();
    expect(await page.getByLabel("Make it fail").inputValue()).toBe("");
    await page.getByLabel("Scopes", { exact: true }).press("Enter");
    await page.getByRole("button", { name: "Allow" }).waitFor();
  });

  it("is named and removed before it is sent, without a request", async () => {
    await faults.open("client-credentials");
    await page.getByLabel("Make it fail").selectOption({ label: FAULT });
    expect(await notice.innerText()).toContain(`Fault on: ${FAULT}`);
    await notice.getByRole("button", { name: "Remove" }).click();
    expect(await notice.isVisible()).toBe(false);
    expect(await page.locator("select[name=fault]:focus").inputValue()).toBe("");
  });
});

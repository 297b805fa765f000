// Takes about ten seconds: Chromium signs in twice at Google's emulator and at the local server.
import { beforeAll, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { demoInBrowser, describeWithChromium, widthProblems } from "./chromium.ts";
import { Workbench } from "./workbench.ts";

describeWithChromium("a token without a refresh token, in a browser,", () => {
  const visit = demoInBrowser("block");
  let page: Page;
  let google: Workbench;
  let local: Workbench;
  beforeAll(() => {
    ({ page } = visit());
    google = new Workbench(visit(), "google");
    local = new Workbench(visit(), "local");
  });
  const allowed = async (): Promise<string> => {
    await page.getByRole("button", { name: "Allow" }).click();
    return google.result();
  };
  const notice = () => page.locator(".notice");

  it("is announced before the click on each flow that refreshes, and one click leads to the option", async () => {
    await google.send("authorization-code");
    const online = await allowed();
    expect(online).toContain("access_type=offline");
    expect(online).not.toContain("came all the same");
    for (const flow of ["refresh", "expire", "many-requests", "two-tabs", "two-processes"]) {
      await page.goto(`${visit().demo.url}/?provider=google&flow=${flow}`);
      expect(await notice().innerText()).toContain("no refresh token");
      expect(await notice().innerText()).toContain("access_type=offline");
      expect(await widthProblems(page)).toEqual([]);
    }
    await notice().getByRole("link").click();
    expect(await page.getByLabel("Scopes", { exact: true }).inputValue()).toContain("openid");
    expect(await page.getByLabel("Further parameters").inputValue()).toBe("access_type=offline");
    expect(await page.getByLabel("Prompt").inputValue()).toBe("consent");
    await page.locator(".send > button").click();
    await allowed();
    await page.goto(`${visit().demo.url}/?provider=google&flow=refresh`);
    expect(await notice().count()).toBe(0);
    expect(await google.run("refresh")).toMatch(/^Refreshed/);
  });

  it("is not announced on flows that refresh nothing", async () => {
    await google.send("authorization-code", { prompt: "", extra: "" });
    expect(await allowed()).toContain("access_type=offline");
    await page.goto(`${visit().demo.url}/?provider=google&flow=token-placement`);
    expect(await notice().count()).toBe(0);
  });

  it("has the scope offline_access explained that the local server did not grant, and then grants", async () => {
    await local.send("authorization-code");
    await local.sayYes();
    const result = await local.result();
    expect(result).toContain("Not granted: offline_access");
    expect(result).toMatch(/refresh token\s+(?!none)\S/);
    expect(result).toContain("A refresh token came all the same: it may end with your session");
    expect(result).toContain("only if the user is asked: with prompt=consent");
    await page.getByRole("link", { name: "Open the sign-in with these options" }).click();
    await page.locator(".send > button").click();
    await local.sayYes();
    const granted = await local.result();
    expect(granted).not.toContain("Not granted");
    expect(granted).not.toContain("came all the same");
  });
});

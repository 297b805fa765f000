// Takes over ten seconds: a screenshot of each page in both widths and both themes.
import { mkdir } from "node:fs/promises";
import { beforeAll, expect, it } from "@jest/globals";
import { BrowserFaults } from "./browser-faults.ts";
import { demoInBrowser, describeWithChromium, eachLook, partsTooWide } from "./chromium.ts";
import { Workbench } from "./workbench.ts";

const FOLDER =
  process.env["SCREENSHOTS"] ?? new URL("../test-screenshots", import.meta.url).pathname;

describeWithChromium("the playground's pages, in both widths and themes,", () => {
  const visit = demoInBrowser("block");
  let faults: BrowserFaults;
  beforeAll(async () => {
    await mkdir(FOLDER, { recursive: true });
    faults = new BrowserFaults(visit(), "Google");
  });

  /** Takes a screenshot in each look; returns what is too wide, and whether the newest result is out of view. */
  async function problemsOf(name: string): Promise<string[]> {
    const { page } = visit();
    const problems: string[] = [];
    await eachLook(page, async (look) => {
      // In another width a browser scrolls to the result when it loads the page.
      if (look.endsWith("light")) await page.reload();
      problems.push(...(await partsTooWide(page)).map((part) => `${look}: ${part} is too wide`));
      const result = page.locator("#result");
      const box = (await result.count()) > 0 ? await result.boundingBox() : undefined;
      const height = page.viewportSize()?.height ?? 0;
      if (box === null || (box && (box.y < 0 || box.y + box.height > height / 2))) {
        problems.push(`${look}: the result is not in the upper half of the window`);
      }
      await page.screenshot({ path: `${FOLDER}/${name}-${look}.png` });
    });
    return problems;
  }

  it.each([
    ["start", "/"],
    ["local", "/?provider=local"],
    ["oauth1", "/?provider=oauth1"],
    ["another-provider", "/targets/new"],
    ["error", "/callback/google?code=x&state=x"],
  ])("fit without a run: %s", async (name, path) => {
    const { page, demo } = visit();
    await page.goto(`${demo.url}${path}`);
    expect(await problemsOf(name)).toEqual([]);
  });

  it("fit with a success, which is in view", async () => {
    await faults.signIn("no fault");
    expect(await faults.heading()).toBe("Signed in");
    expect(await problemsOf("signed-in")).toEqual([]);
  });

  it("fit with an API's answer, which is in view", async () => {
    await faults.callApi("no fault");
    expect(await faults.heading()).toBe("The API answered");
    expect(await problemsOf("api")).toEqual([]);
  });

  it("fit with a token in three places, which are in view", async () => {
    const google = new Workbench(visit(), "google");
    expect(await google.run("token-placement")).toMatch(/^The token in three places/);
    expect(await problemsOf("token-placement")).toEqual([]);
  });

  it.each([
    ["wrong-secret", "A wrong client secret"],
    ["clock", "A clock that is two hours ahead"],
    ["forged-id-token", "An ID token with a forged signature"],
  ])("fit with a failure, which is in view: %s", async (name, fault) => {
    await faults.signIn(fault);
    expect(await faults.heading()).toBe("It failed");
    expect(await problemsOf(name)).toEqual([]);
  });

  it.each([
    ["redirect-uri", "A redirect URI that is not registered"],
    ["scope", "A scope that does not exist"],
    ["other-browser", "A callback in another browser"],
  ])("fit while the user is at the provider: %s", async (name, fault) => {
    await faults.depart(fault);
    await faults.open();
    expect(await problemsOf(name)).toEqual([]);
  });

  it("fit while a device waits", async () => {
    const github = new Workbench(visit(), "github");
    await github.send("device");
    await visit().page.locator(".user-code").waitFor();
    expect(await problemsOf("device")).toEqual([]);
    await visit().page.getByRole("button", { name: "Stop" }).click();
    expect(await github.result()).toContain("ABORTED");
  });
});

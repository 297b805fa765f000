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
    ["open-export", "/saved-runs"],
    ["implicit", "/?provider=google&flow=implicit"],
    ["error", "/callback/google?code=x&state=x"],
  ])("fit without a run: %s", async (name, path) => {
    const { page, demo } = visit();
    await page.goto(`${demo.url}${path}`);
    expect(await problemsOf(name)).toEqual([]);
  });

  it("have the whole button in view before anything was done, at every provider", async () => {
    const { page, demo } = visit();
    await page.goto(demo.url);
    const tiles = await page.locator("a.tile[href*=provider]").all();
    const paths = await Promise.all(tiles.map((tile) => tile.getAttribute("href")));
    expect(paths.length).toBeGreaterThan(5);
    const cut: string[] = [];
    for (const path of paths) {
      await page.goto(`${demo.url}${path}`);
      await eachLook(page, async (look) => {
        const { height } = page.viewportSize() ?? { height: 0 };
        const box = await page.locator(".send > button").boundingBox();
        if (!box || box.y < 0 || box.y + box.height > height) cut.push(`${path} at ${look}`);
      });
    }
    expect(cut).toEqual([]);
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
    const table = visit().page.locator(".compared");
    const hidden: string[] = [];
    await eachLook(visit().page, async (look) => {
      if (await table.evaluate((part) => part.scrollWidth > part.clientWidth)) hidden.push(look);
    });
    expect(hidden).toEqual([]);
  });

  it.each([
    ["wrong-secret", "A wrong client secret", "INVALID_CLIENT"],
    ["clock", "A clock that is two hours ahead", "CLOCK_SKEW"],
    ["forged-id-token", "An ID token with a forged signature", "ID_TOKEN_INVALID"],
  ])("fit with a failure, which is in view: %s", async (name, fault, code) => {
    await faults.signIn(fault);
    expect(await faults.heading()).toContain(`: ${code}`);
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

  it("fit with the runs of a file, which are in view", async () => {
    const { page, demo, context } = visit();
    const exported = await context.request.get(`${demo.url}/export.json`);
    await page.goto(`${demo.url}/saved-runs`);
    await page.getByLabel("File").setInputFiles({
      name: "runs.json",
      mimeType: "application/json",
      buffer: await exported.body(),
    });
    await page.getByRole("button", { name: "Open it" }).click();
    await page.getByRole("link", { name: /CLOCK_SKEW/ }).click();
    expect(await faults.heading()).toBe("A clock is wrong: CLOCK_SKEW");
    expect(await problemsOf("saved-runs")).toEqual([]);
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

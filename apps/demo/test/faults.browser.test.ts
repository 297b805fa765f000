// Takes about half a minute: Chromium goes to the provider and back for each fault. Other targets have files of their own.
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { BrowserFaults, rowsOf } from "./browser-faults.ts";
import { demoInBrowser, describeWithChromium, widthProblems } from "./chromium.ts";
import { FAULT_CASES } from "./fault-cases.ts";
import { letTimePass } from "./faults.ts";

describeWithChromium("a fault of Google, in a browser,", () => {
  const visit = demoInBrowser("block");
  let stopTime: () => void;
  let faults: BrowserFaults;
  beforeAll(async () => {
    stopTime = letTimePass(visit().demo);
    faults = new BrowserFaults(visit(), "google");
    await faults.signIn("no fault");
    await faults.prompt("none");
  });
  afterAll(() => stopTime());

  it.each(rowsOf(FAULT_CASES["google"]))("%s, ends with %s and says: %s", (...row) =>
    faults.expectCase(row[3]),
  );

  it("A callback in another browser, is refused there, and the first browser says why", async () => {
    await faults.prompt("");
    await faults.depart("A callback in another browser");
    const { page, context } = visit();
    const request = page.getByRole("link", { name: "authorization request" });
    const other = await context.browser()?.newContext();
    const there = await other?.newPage();
    if (!there) throw new Error("There is no browser.");
    await there.goto((await request.getAttribute("href")) ?? "");
    await there.getByRole("button", { name: "Allow" }).click();
    await there.getByRole("heading", { name: "This callback is not yours" }).waitFor();
    expect(await there.locator(".error").innerText()).toMatch(
      /its code was not used[^]*keep the session cookie[^]*STATE_MISMATCH/,
    );
    await other?.close();
    // It notices by itself.
    await page.locator(".run.bad").waitFor();
    expect(await faults.code()).toBe("STATE_MISMATCH");
    expect(await faults.explanation()).toMatch(/No code was used[^]*keep the session cookie/);
  });

  it.each([
    ["A redirect URI that is not registered", /Register the redirect URI/],
    ["A client ID that the provider does not know", /Copy the client ID/],
    [
      "A scope that does not exist",
      /the scope no-such-scope[^]*The switch added it. In your app, remove it from scope/,
    ],
  ])("%s, stays at the provider, and the page says why: %s", async (fault, words) => {
    await faults.depart(fault);
    await faults.open();
    expect(await faults.heading()).toBe("Google has not sent you back");
    expect(await faults.explanation()).toMatch(words);
    expect(await widthProblems(visit().page)).toEqual([]);
  });
});

// Takes about half a minute, as Chromium goes to the provider and back for each fault. GitHub's are in another file.
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { demoInBrowser, describeWithChromium } from "./chromium.ts";
import { BrowserFaults } from "./browser-faults.ts";
import { letTimePass } from "./faults.ts";

describeWithChromium("a fault of Google, in a browser,", () => {
  const visit = demoInBrowser("block");
  let stopTime: () => void;
  let faults: BrowserFaults;
  beforeAll(async () => {
    stopTime = letTimePass(visit().demo);
    faults = new BrowserFaults(visit(), "Google");
    await faults.signIn("no fault");
  });
  afterAll(() => stopTime());

  it.each([
    ["An ID token with a forged signature", "ID_TOKEN_INVALID", "its signature is wrong"],
    ["An ID token that has expired", "ID_TOKEN_INVALID", "exp is wrong"],
    ["A callback of another issuer: mix-up (RFC 9207)", "ISSUER_MISMATCH", "no code was used"],
    ["A token endpoint that never answers", "TIMEOUT", "gave up when its time limit"],
    ["A token endpoint that answers with 20 MB", "RESPONSE_TOO_LARGE", "stopped reading"],
    ["A token endpoint that answers with a web page", "TOKEN_RESPONSE_INVALID", "HTML"],
    ["A token endpoint that closes the connection", "NETWORK_ERROR", "did not retry"],
    ["A token endpoint that is down (503)", "SERVER_ERROR", "may have carried it out"],
    [
      "A token endpoint that throttles (429, Retry-After: 120)",
      "RATE_LIMITED",
      "Wait for the seconds",
    ],
    ["A clock that is two hours ahead", "CLOCK_SKEW", "Set the clock of the machine"],
    ["A wrong client secret", "INVALID_CLIENT", "the field Client secret"],
    ["A callback that is handled twice", "INVALID_GRANT", "Delete the authorization request"],
    ["A callback that comes after eleven minutes", "AUTHORIZATION_REQUEST_EXPIRED", "ten minutes"],
    ["A user who denies consent", "ACCESS_DENIED", "read the error in the callback"],
  ])("%s, ends with %s and says: %s", async (fault, code, words) => {
    await faults.signIn(fault);
    expect(await faults.heading()).toBe("It failed");
    expect(await faults.code()).toBe(code);
    expect(await faults.explanation()).toContain(words);
  });

  it.each(["Signing keys that were rotated", "A token endpoint that is slow"])(
    "%s, lets the sign-in succeed",
    async (fault) => {
      await faults.signIn(fault);
      expect(await faults.heading()).toBe("Signed in");
      expect(await faults.explanation()).toContain("What the SDK did");
    },
  );

  it("A callback in another browser, is refused there, and the first browser says why", async () => {
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
    await page.getByRole("heading", { name: "It failed" }).waitFor();
    expect(await faults.code()).toBe("STATE_MISMATCH");
    expect(await faults.explanation()).toMatch(/No code was used[^]*keep the session cookie/);
  });

  it.each([
    ["A redirect URI that is not registered", /Register the redirect URI/],
    [
      "A scope that does not exist",
      /scopes openid email profile no-such-scope[^]*Remove it from the field Scopes/,
    ],
  ])("%s, stays at the provider, and the page says why: %s", async (fault, words) => {
    await faults.depart(fault);
    await faults.open();
    expect(await faults.heading()).toBe("Waiting for you at Google");
    expect(await faults.explanation()).toMatch(words);
  });
});

import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { demoInBrowser, describeWithChromium } from "./chromium.ts";
import { BrowserFaults } from "./browser-faults.ts";
import { letTimePass } from "./faults.ts";

describeWithChromium("a fault of GitHub, in a browser,", () => {
  const visit = demoInBrowser("block");
  let stopTime: () => void;
  let faults: BrowserFaults;
  beforeAll(async () => {
    stopTime = letTimePass(visit().demo);
    faults = new BrowserFaults(visit(), "GitHub");
    await faults.signIn("no fault");
  });
  afterAll(() => stopTime());

  it.each([
    ["An API that never answers", "TIMEOUT", "gave up when its time limit"],
    ["An API that answers with 20 MB", "RESPONSE_TOO_LARGE", "stopped reading"],
    ["An API that throttles (429, Retry-After: 120)", "API error", "did not retry: 120 s"],
    ["An API that refuses the token", "API error", "so it refreshed the token"],
    ["A token in the body of a GET", "TOKEN_INVALID", "before it sent anything"],
  ])("%s, ends with %s and says: %s", async (fault, code, words) => {
    await faults.callApi(fault);
    expect(await faults.code()).toBe(code);
    expect(await faults.explanation()).toContain(words);
  });

  it.each([
    ["An API that is down for a moment (503 once)", "503, then 200. The retry succeeded"],
    ["An API that throttles (429, Retry-After: 1)", "after the 1 s that it asked for"],
    ["An API that throttles without Retry-After (429)", "429, then 200"],
  ])("%s, lets the call succeed, and says: %s", async (fault, words) => {
    await faults.callApi(fault);
    expect(await faults.heading()).toBe("The API answered");
    expect(await faults.explanation()).toContain(words);
  });

  it.each([
    ["An error with the status 200", "INVALID_GRANT", "read the error bad_verification_code"],
    ["A code verifier of another sign-in", "INVALID_GRANT", "Store each authorization request"],
  ])("%s, ends with %s and says: %s", async (fault, code, words) => {
    await faults.signIn(fault);
    expect(await faults.code()).toBe(code);
    expect(await faults.explanation()).toContain(words);
  });
});

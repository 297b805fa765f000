// What the faults of an API call do, and what the page says about them.
import { describe, expect, it } from "@jest/globals";
import { callWith, explained, servedDemo, signInWith } from "./faults.ts";
import { PlainBrowser } from "./support.ts";

const served = servedDemo(true);
const browser = (): PlainBrowser => new PlainBrowser(served().url);

const SAMPLES: Readonly<Record<string, string>> = {
  google: "/oauth2/v3/userinfo",
  github: "/user",
  facebook: "/me/permissions",
  microsoft: "/me",
};

describe("a fault of an API call", () => {
  it.each([
    ["google", "api-disconnect", "ECONNRESET", "3 times, after short pauses: ECONNRESET, then"],
    ["google", "api-unavailable", "API error", "503, then 503, then 503. Then it gave up."],
    ["google", "api-throttled-long", "API error", "120 s are longer than a request may take"],
    ["google", "api-huge", "RESPONSE_TOO_LARGE", "stopped reading at its limit"],
    ["google", "api-insufficient-scope", "API error", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"],
    ["google", "api-unauthenticated", "API error", "The API refused the token"],
    ["google", "api-user-rate-limit", "API error", "userRateLimitExceeded"],
    ["google", "token-in-body", "TOKEN_INVALID", "refused the call before it sent anything"],
    ["github", "api-primary-rate-limit", "API error", "403"],
    ["github", "api-secondary-rate-limit", "API error", "403"],
    ["github", "api-sso-required", "API error", "SAML"],
    ["github", "api-bad-credentials", "API error", "so it refreshed the token, and sent"],
    ["facebook", "proof-missing", "API error", "appSecretProof: true"],
    ["facebook", "api-password-changed", "API error", "460"],
    ["facebook", "api-app-not-installed", "API error", "458"],
    ["facebook", "api-permission-denied", "API error", "pages_show_list"],
    ["facebook", "api-app-throttled", "API error", "request limit reached"],
    ["facebook", "api-unknown", "API error", "The API has trouble"],
    ["microsoft", "api-forbidden", "API error", "Authorization_RequestDenied"],
    ["microsoft", "api-invalid-token", "API error", "InvalidAuthenticationToken"],
    ["microsoft", "claims-challenge", "API error", "401"],
  ])("at %s, %s, ends with %s and is explained: %s", async (provider, fault, code, words) => {
    const visitor = browser();
    await signInWith(visitor, provider, "");
    expect(await explained(visitor)).toMatch(/^Signed in/);
    await callWith(visitor, provider, fault, SAMPLES[provider] ?? "");
    const text = await explained(visitor);
    expect(text).toContain(`The error that an app gets ${code} `);
    expect(text).toContain(words);
  });

  it.each([
    ["api-unavailable-once", "2 times, after short pauses: 503, then 200. The retry succeeded"],
    ["api-throttled-briefly", "2 times, after the 1 s that it asked for: 429, then 200."],
    ["api-throttled-silent", "2 times, after short pauses: 429, then 200."],
    ["api-slow", "ms for the answer"],
    ["api-html", "took the answer as it is"],
  ])("%s lets it succeed, and the page says how", async (fault, words) => {
    const visitor = browser();
    await signInWith(visitor, "facebook", "");
    await callWith(visitor, "facebook", fault, "/me/permissions");
    const text = await explained(visitor);
    expect(text).toMatch(/^The API answered The fault that you chose:/);
    expect(text).toContain(words);
  });
});

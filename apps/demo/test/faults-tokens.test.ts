// What the faults of the other token requests do, and what the page says about them.
import { describe, expect, it } from "@jest/globals";
import { explained, runWith, servedDemo, signInWith } from "./faults.ts";
import { PlainBrowser } from "./support.ts";

const served = servedDemo(true);
const browser = (): PlainBrowser => new PlainBrowser(served().url);
const holdsToken = async (visitor: PlainBrowser): Promise<boolean> =>
  !(await (await visitor.get("/?provider=github&flow=api-call")).text()).includes("You hold no");

describe("a refresh", () => {
  it("with a refresh token that was used fails, and the visitor holds the newest token", async () => {
    const visitor = browser();
    await signInWith(visitor, "github", "", "read:user offline_access");
    await runWith(visitor, "github", "refresh", { fault: "reused-refresh-token" });
    const text = await explained(visitor);
    expect(text).toContain("The error that an app gets INVALID_GRANT ");
    expect(text).toContain("read the error bad_refresh_token");
    expect(text).toContain("Share one token store");
    await runWith(visitor, "github", "refresh", {});
    expect(await explained(visitor)).toMatch(/^Refreshed/);
  });

  it("with a used refresh token ends all tokens of the sign-in, where the provider takes it for a theft", async () => {
    const visitor = browser();
    await signInWith(visitor, "github", "", "read:user offline_access");
    await runWith(visitor, "github", "refresh", { fault: "family-revoked" });
    expect(await explained(visitor)).toContain("revoked every token of the sign-in");
    expect(await holdsToken(visitor)).toBe(true);
    await runWith(visitor, "github", "refresh", {});
    expect(await explained(visitor)).toContain("The error that an app gets INVALID_GRANT ");
  });
});

describe("client credentials", () => {
  it.each([
    ["token-unavailable-once", "2 times, after short pauses: 503, then 200. The retry succeeded"],
    ["token-throttled-briefly", "2 times, after the 1 s that it asked for: 429, then 200."],
    ["token-throttled-silent", "2 times, after short pauses: 429, then 200."],
  ])("with %s are asked for again, as the page says", async (fault, words) => {
    const visitor = browser();
    await runWith(visitor, "facebook", "client-credentials", { fault });
    expect(await explained(visitor)).toContain(words);
  });

  it("with token-unavailable fail after two retries", async () => {
    const visitor = browser();
    await runWith(visitor, "facebook", "client-credentials", { fault: "token-unavailable" });
    const text = await explained(visitor);
    expect(text).toContain("503, then 503, then 503. Then it gave up.");
    expect(text).toContain("The error that an app gets SERVER_ERROR ");
  });

  it("give the visitor a new ID, so that a planted one shows no token", async () => {
    const attacker = browser();
    await runWith(attacker, "google", "api-call", {});
    const victim = browser();
    for (const [name, value] of attacker.cookies) victim.cookies.set(name, value);
    await runWith(victim, "facebook", "client-credentials", {});
    expect(victim.cookies).not.toEqual(attacker.cookies);
    expect(await (await attacker.get("/export.json")).json()).toMatchObject({ runs: [] });
  });

  it("end on a page of their own, and are not listed, if the ID changed meanwhile", async () => {
    const attacker = browser();
    await runWith(attacker, "google", "api-call", {});
    const victim = browser();
    for (const [name, value] of attacker.cookies) victim.cookies.set(name, value);
    // While the attacker's run has the emulator, the victim's waits.
    const slow = runWith(attacker, "facebook", "client-credentials", { fault: "token-slow" });
    await browser().get("/");
    const path = "/run/facebook/client-credentials";
    const answer = await victim.post(path, {}, new URLSearchParams({ scope: "of-the-victim" }));
    await slow;
    expect([answer.status, await answer.text()]).toEqual([
      409,
      expect.stringContaining("SESSION_CHANGED"),
    ]);
    const listed = await (await attacker.get("/export.json")).text();
    expect(listed).toContain("token-slow");
    expect(listed).not.toContain("of-the-victim");
  });
});

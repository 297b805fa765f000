import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { allow, PlainBrowser, serveDemo, type ServedDemo } from "./support.ts";

let demo: ServedDemo;
beforeEach(async () => {
  demo = await serveDemo();
});
afterEach(async () => {
  await demo.stop();
  expect(demo.failures).toEqual([]);
});

const browser = (): PlainBrowser => new PlainBrowser(demo.url);
const codeOn = (page: string): string => />([A-Z0-9]{4}-[A-Z0-9]{4})</.exec(page)?.[1] ?? "";

/** Enters the code and allows access, as a user does on the other device. */
async function approve(page: string): Promise<void> {
  const [, address = ""] = /href="(http:[^"]*\/device)"/.exec(page) ?? [];
  const form = new URLSearchParams({ user_code: codeOn(page) });
  const consent = await fetch(address, { method: "POST", body: form });
  await decide(address, await consent.text());
}

async function decide(address: string, consent: string): Promise<void> {
  const value = (name: string): string =>
    new RegExp(`name="${name}"\\s+value="([^"]*)"`).exec(consent)?.[1] ?? "";
  await fetch(new URL("/emulator/decision", address), {
    method: "POST",
    body: new URLSearchParams({ ticket: value("ticket"), user: value("user"), decision: "allow" }),
  });
}

/** Requests a page until its text or its redirect matches. */
async function pageUntil(visitor: PlainBrowser, path: string, wanted: RegExp): Promise<string> {
  for (;;) {
    const answer = await visitor.get(path);
    const page = `${answer.headers.get("location") ?? ""}\n${await answer.text()}`;
    if (wanted.test(page)) return page;
  }
}

describe("a sign-in on another device", () => {
  it("belongs to the visitor who began it, and not to a session ID that was planted before", async () => {
    const visitor = browser();
    await visitor.signIn("facebook");
    const planted = new Map(visitor.cookies);
    await visitor.post("/device/github");
    const attacker = browser();
    for (const [name, value] of planted) attacker.cookies.set(name, value);
    expect((await attacker.get("/device/github")).headers.get("location")).toBe("/");
    await approve(await (await visitor.get("/device/github")).text());
    demo.clock.advance(5000);
    await pageUntil(visitor, "/device/github", /^\/account\/github/);
    expect((await attacker.get("/account/github")).headers.get("location")).toBe("/");
    expect((await visitor.get("/account/github")).status).toBe(200);
  });

  it("goes on while the page is closed", async () => {
    const visitor = browser();
    await visitor.post("/device/google");
    await approve(await (await visitor.get("/device/google")).text());
    demo.clock.advance(5000);
    const page = await pageUntil(visitor, "/device/google", /^\/account\/google/);
    expect(page).not.toContain("On the wire");
  });

  it("shows a readable page when the code expires", async () => {
    const visitor = browser();
    await visitor.post("/device/github");
    demo.clock.advance(5000);
    await pageUntil(visitor, "/device/github", /authorization_pending/);
    demo.clock.advance(900_000);
    const page = await pageUntil(visitor, "/device/github", /Error code/);
    expect(page).toContain("The code has expired");
    expect(page).toContain("DEVICE_CODE_EXPIRED");
    expect((await visitor.get("/device/github")).headers.get("location")).toBe("/");
  });

  it("started again shows another code, and stops waiting for the first", async () => {
    const visitor = browser();
    await visitor.post("/device/github");
    const first = codeOn(await (await visitor.get("/device/github")).text());
    await visitor.post("/device/github");
    const second = codeOn(await (await visitor.get("/device/github")).text());
    expect(first).not.toBe(second);
    // Only the pause, and no deadline of a pending request.
    expect(demo.clock.pending).toBe(1);
    await visitor.post("/device/github/stop");
    expect(demo.clock.pending).toBe(0);
  });

  it("shows an error page for Facebook, with the requests so far", async () => {
    const visitor = browser();
    await visitor.signIn("facebook");
    const answer = await visitor.post("/device/facebook");
    const page = await answer.text();
    expect(answer.status).toBe(400);
    expect(page).toContain("CONFIGURATION_INVALID");
    expect(page).toContain("Sign-in with Facebook");
  });

  it("shows neither the device code nor an assertion in the list of exchanges, which can be cleared", async () => {
    const visitor = browser();
    await visitor.post("/device/google");
    demo.clock.advance(5000);
    const page = await pageUntil(visitor, "/device/google", /authorization_pending/);
    expect(page).toMatch(/device_code=AH-1…\w{4}/);
    expect(page).not.toMatch(/AH-1Ng\w{8}/);
    const form = new URLSearchParams({ provider: "google", page: "device" });
    const cleared = await visitor.post("/exchanges/clear", {}, form);
    expect(cleared.headers.get("location")).toBe("/device/google");
    await visitor.post("/app/google");
    const call = await (await visitor.get("/app/google")).text();
    expect(call).toMatch(/assertion=eyJ0…[\w-]{4}/);
    expect(call).not.toMatch(/eyJ[\w-]{30}|ya29\.\w{12}/);
  });

  it("does not interfere with a sign-in by redirect", async () => {
    const visitor = browser();
    await visitor.post("/device/google");
    await visitor.get(await allow(await visitor.signIn("github")));
    expect((await visitor.get("/device/google")).status).toBe(200);
    expect((await visitor.get("/account/github")).status).toBe(200);
  });
});

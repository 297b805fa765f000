// Takes over ten seconds: Chromium goes to the provider and back for each flow.
import { beforeAll, expect, it } from "@jest/globals";
import { demoInBrowser, describeWithChromium } from "./chromium.ts";
import { Workbench } from "./workbench.ts";

describeWithChromium("the flows at the emulators, in a browser", () => {
  const visit = demoInBrowser("block");
  let google: Workbench;
  let github: Workbench;
  let facebook: Workbench;
  beforeAll(() => {
    google = new Workbench(visit(), "google");
    github = new Workbench(visit(), "github");
    facebook = new Workbench(visit(), "facebook");
  });

  it("have the token in the fragment, which the browser hands on by itself", async () => {
    await google.send("implicit");
    await visit().page.getByRole("button", { name: "Allow" }).click();
    const result = await google.result();
    expect(result).toMatch(/^Signed in, implicitly/);
    expect(result).not.toContain("/token");
    expect(visit().page.url()).not.toContain("access_token");
  });

  it("have an ID token in the fragment, which is refused if it is forged", async () => {
    await google.send("implicit", { fault: "id-token-forged-signature" });
    await visit().page.getByRole("button", { name: "Allow" }).click();
    const result = await google.result();
    expect(result).toMatch(/^The ID token was refused: ID_TOKEN_INVALID/);
    expect(result).toContain("ID token, received: refused: Signature");
    await google.send("implicit", { fault: "", response_type: "token" });
    await visit().page.getByRole("button", { name: "Allow" }).click();
    expect(await google.result()).not.toContain("ID token, received");
  });

  it("have the token in the fragment, which the person pastes without JavaScript", async () => {
    const browser = visit().context.browser();
    const context = await browser?.newContext({ javaScriptEnabled: false });
    const page = await context?.newPage();
    if (!page) throw new Error("There is no browser.");
    const plain = new Workbench({ ...visit(), page }, "facebook");
    await plain.send("implicit");
    await page.getByRole("button", { name: "Allow" }).click();
    const field = page.getByLabel("Address of this page");
    await field.waitFor();
    await field.fill(page.url());
    await page.getByRole("button", { name: "Go on" }).click();
    expect(await plain.result()).toMatch(/^Signed in, implicitly/);
    await context?.close();
  });

  it.each([
    ["", /oauth2.*token|\/token/],
    ["self-signed", /Nothing went over the wire/],
    ["id-token", /\/token/],
  ])("give a service account a token: %s", async (way, wire) => {
    const result = await google.run("service-account", { way });
    expect(result).toMatch(/^The service account has a token/);
    expect(result).toMatch(wire);
  });

  it.each(["Google", "GitHub", "Facebook"])("connect a device with %s", async (title) => {
    const workbench = { Google: google, GitHub: github, Facebook: facebook }[title] ?? google;
    await workbench.send("device");
    const { page, context, demo } = visit();
    const newest = page.locator(".run").first();
    const code = await newest.locator(".user-code").innerText();
    const opened = context.waitForEvent("page");
    await newest.locator(".device").getByRole("link").first().click();
    const phone = await opened;
    await phone.getByLabel("Code").fill(code);
    await phone.getByRole("button", { name: "Continue" }).click();
    await phone.getByRole("button", { name: "Allow" }).click();
    await phone.getByText("Device connected").waitFor();
    await phone.close();
    const end = page.getByRole("heading", { name: "The device is connected" });
    await workbench.letTimePass(demo, end);
    expect(await workbench.run("user-info")).toMatch(/^The user/);
    expect(await workbench.run("revocation")).toMatch(/^Revoked/);
    expect(await workbench.run("user-info")).toMatch(/^The API refused the token: TOKEN_REJECTED/);
  });

  it("say that a poll came too early, and poll more slowly afterwards", async () => {
    await github.send("device");
    const { page, demo } = visit();
    const newest = page.locator(".run").first();
    const answers = newest.locator(".answers li");
    await github.letTimePass(demo, answers.first());
    expect(await answers.first().innerText()).toContain("authorization_pending");
    await newest.getByRole("button", { name: "Poll now" }).click();
    await github.letTimePass(demo, answers.nth(1));
    expect(await answers.last().innerText()).toBe("slow_down: the next one after 10 s");
    await newest.getByRole("button", { name: "Stop" }).click();
    expect(await github.result()).toMatch(/^It was stopped: ABORTED/);
  });

  it("show what happened before the page that waits could ask for the first time", async () => {
    const { page, demo } = visit();
    let load = (): void => {};
    const loads = new Promise<void>((resolve) => (load = resolve));
    await page.route("**/waiting.js", (route) => loads.then(() => route.continue()), { times: 1 });
    const sent = github.send("device");
    await page.locator(".user-code").waitFor();
    while (!(await (await page.request.get(demo.url)).text()).includes("authorization_pending")) {
      demo.clock.advance(1000);
    }
    load();
    await sent;
    await page.locator(".answers li").first().waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    expect(await github.result()).toContain("ABORTED");
  });

  it("give Facebook's app a token of its own", async () => {
    expect(await facebook.run("client-credentials")).toMatch(/^The app has a token/);
  });

  it("say in one sentence under the title why a flow does not work", async () => {
    const { page, demo } = visit();
    await page.goto(`${demo.url}/?provider=github&flow=password`);
    expect(await page.locator(".flow-form > h2 + *").innerText()).toContain(
      "GitHub has no password grant.",
    );
    expect(await page.getByRole("button", { name: "Get a token by password" }).isDisabled()).toBe(
      true,
    );
  });
});

// Takes about ten seconds: Chromium signs in at the local server for each option.
import { beforeAll, expect, it } from "@jest/globals";
import { demoInBrowser, describeWithChromium } from "./chromium.ts";
import { Workbench } from "./workbench.ts";

const RESOURCE = "https://jobs.example.com/";

describeWithChromium("a sign-in at the local server, in a browser", () => {
  const visit = demoInBrowser("block");
  let workbench: Workbench;
  beforeAll(() => {
    workbench = new Workbench(visit(), "local");
  });
  const signIn = async (values = {}): Promise<string> => {
    await workbench.send("authorization-code", values);
    await workbench.sayYes();
    return workbench.result();
  };

  it("has a code, PKCE and an ID token, which can be verified again", async () => {
    const result = await signIn();
    expect(result).toMatch(/^Signed in/);
    expect(result).toContain('"email": "ada@example.com"');
    expect(result).toMatch(/"code_challenge": "[\w-]{43}"/);
    const verified = await workbench.run("verify-jwt");
    expect(verified).toMatch(/^The JWT is genuine[^]*ID token, held: verified[^]*"sub": "ada"/);
    expect(await workbench.run("verify-jwt", { nonce: "other" })).toContain("ID_TOKEN_INVALID");
    const logout = await workbench.run("verify-jwt", { kind: "logout" });
    expect(logout).toContain("LOGOUT_TOKEN_INVALID");
  });

  it("pushes the request, asks for details and an API, and takes the callback as a form", async () => {
    const result = await signIn({
      pushed: true,
      response_mode: "form_post",
      authorization_details: '[{ "type": "payment_initiation", "amount": "12.50" }]',
      resource: RESOURCE,
      scope: "openid jobs:read",
      max_age: "3600",
    });
    expect(result).toMatch(/^Signed in/);
    expect(result).toMatch(/POST[^]*\/request[^]*POST[^]*\/callback\/local/);
    expect(await workbench.run("api-call")).toContain('"type": "payment_initiation"');
    const introspection = await workbench.run("introspection");
    expect(introspection).toContain(RESOURCE);
    expect(introspection).toMatch(/"expiresAt": "\d{4}-/);
  });

  it("does not begin with a field that cannot be read", async () => {
    const result = await workbench.run("authorization-code", { authorization_details: "[{" });
    expect(result).toMatch(
      /^A field of the form is wrong: FIELD_INVALID[^]*authorization_details is not valid JSON/,
    );
  });

  it("ends at the server too", async () => {
    await workbench.send("logout");
    await workbench.sayYes();
    expect(await workbench.result()).toMatch(/^Signed out at the provider/);
  });

  it("happens on another device, and the page shows the polls", async () => {
    await workbench.send("device");
    const { demo, context, page } = visit();
    await page.getByRole("img", { name: "QR code" }).waitFor();
    await page.getByRole("button", { name: "Poll now" }).click();
    const answers = page.locator(".answers li");
    await workbench.letTimePass(demo, answers.first());
    const opened = context.waitForEvent("page");
    await page.getByRole("link", { name: "the address with the code" }).click();
    const phone = await opened;
    await phone.getByRole("button", { name: "Continue" }).click();
    const end = phone.getByRole("heading", { name: "Device connected" });
    await workbench.sayYes(phone, end);
    await phone.close();
    const connected = page.getByRole("heading", { name: "The device is connected" });
    await workbench.letTimePass(demo, connected);
    expect(await workbench.result()).toContain("authorization_pending");
  });
});

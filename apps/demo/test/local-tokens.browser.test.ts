// Takes about ten seconds: Chromium sends each flow of the local server, with each kind of client authentication.
import { beforeAll, expect, it } from "@jest/globals";
import { demoInBrowser, describeWithChromium } from "./chromium.ts";
import { Workbench } from "./workbench.ts";

const RESOURCE = "https://jobs.example.com/";

describeWithChromium("a token of the local server, in a browser", () => {
  const visit = demoInBrowser("block");
  let workbench: Workbench;
  beforeAll(() => {
    workbench = new Workbench(visit(), "local");
  });

  it("is bound by DPoP, and read, refreshed and described", async () => {
    const user = { username: "ada", password: "analytical-engine" };
    const client = { client_authentication: "private_key_jwt", dpop: true };
    expect(await workbench.run("password", { ...client, ...user })).toMatch(/^The password/);
    // The forms keep the client.
    expect(await workbench.run("refresh")).toMatch(/^Refreshed\n[^]*are new: the provider rotates/);
    expect(await workbench.run("user-info", { form: "raw" })).toContain('"sub": "ada"');
    expect(await workbench.run("api-call")).toContain('"bound_to_key"');
    expect(await workbench.run("introspection")).toContain("playground-private-key-jwt");
  });

  it.each(["basic", "post", "none", "client_secret_jwt", "tls"])(
    "comes with the client authentication %s",
    async (client_authentication) => {
      const result = await workbench.run("password", { client_authentication, dpop: false });
      expect(result).toMatch(/^The password/);
    },
  );

  it("does not come without the certificate, secret or key of its client", async () => {
    for (const kind of ["tls", "basic", "private-key-jwt"]) {
      const client = { client_id: `playground-${kind}`, client_authentication: "none" };
      expect(await workbench.run("password", client)).toContain("INVALID_CLIENT");
    }
  });

  it("is refreshed in each style of a session", async () => {
    await workbench.run("password", { client_id: "", client_authentication: "basic" });
    const styles = [
      ["auto", "", /^Refreshed, then called/],
      ["auto", "refused", /^Refreshed, then called[^]*401/],
      ["notify", "", /^Refreshed, and not sent[^]*TOKEN_UPDATED/],
      ["manual", "", /^The token has expired: TOKEN_EXPIRED/],
      ["manual", "valid", /^Called without a refresh/],
    ] as const;
    for (const [style, state, expected] of styles) {
      expect(await workbench.run("refresh", { style, state })).toMatch(expected);
    }
  });

  it("is exchanged, revoked and no longer active", async () => {
    const exchanged = await workbench.run("token-exchange", { scope: "email", audience: "jobs" });
    expect(exchanged).toMatch(/^The token was exchanged/);
    expect(await workbench.run("revocation")).toMatch(/^Revoked/);
    expect(await workbench.run("introspection")).toMatch(/^The token is not active/);
    expect(await workbench.run("api-call")).toMatch(/^The API refused the token: 401/);
  });

  it("is for the app, or for an assertion", async () => {
    const app = { scope: "jobs:read", resource: RESOURCE };
    expect(await workbench.run("client-credentials", app)).toMatch(/^The app has a token/);
    expect(await workbench.run("api-call")).toContain('"user": null');
    expect(await workbench.run("jwt-bearer")).toMatch(/^The assertion was accepted/);
    expect(await workbench.run("api-call")).toContain('"user": "ada"');
    const stranger = await workbench.run("jwt-bearer", { claims: '{ "sub": "nobody" }' });
    expect(stranger).toContain("INVALID_GRANT");
  });
});

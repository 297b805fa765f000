// Takes about ten seconds: Chromium signs in at an oidc-provider that the test starts.
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { demoInBrowser, describeWithChromium, widthProblems } from "./chromium.ts";
import { json, metadataOf, startTrapServer } from "./trap-server.ts";

/** Core's oidc-provider. Its declarations of that package are other ones than the demo's. */
const SUPPORT: string = "../../../packages/core/test/support/authorization-server.ts";
const { AuthorizationServer } = (await import(SUPPORT)) as {
  readonly AuthorizationServer: {
    start(clients: readonly object[], configuration: object): Promise<Server>;
  };
};

interface Server {
  readonly issuer: string;
  close(): Promise<void>;
}

describeWithChromium("an issuer that is typed in", () => {
  const visit = demoInBrowser("block");
  let server: Server;
  beforeAll(async () => {
    server = await AuthorizationServer.start([], { features: { registration: { enabled: true } } });
  });
  afterAll(() => server.close());

  it("signs a user in at oidc-provider, from the issuer's URL alone to the ID token", async () => {
    const { page, demo } = visit();
    // The sign-in pages of oidc-provider want fonts of the Internet.
    await page.route(/^https:/, (route) => route.fulfill({ body: "" }));
    await page.goto(demo.url);
    await page.getByRole("link", { name: /Another/ }).click();
    await page.getByLabel("Issuer").fill(server.issuer);
    expect(await widthProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Fetch its metadata" }).click();

    const form = page.locator(".target-details");
    const callback = await form.locator("code").first().innerText();
    const { clientId, clientSecret } = await register(callback);
    await form.getByLabel("Client ID").fill(clientId);
    await form.getByLabel("Client secret").fill(clientSecret);
    expect(await widthProblems(page)).toEqual([]);
    await form.getByRole("button", { name: "Use this app" }).click();

    await page.getByRole("button", { name: /^Sign in with 127/ }).click();
    await page.getByPlaceholder("Enter any login").fill("jane");
    await page.getByPlaceholder("and password").fill("any");
    await page.getByRole("button", { name: "Sign-in" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("heading", { name: "Signed in" }).waitFor();
    expect(await page.locator("#result, .result").first().innerText()).toContain("jane");
  });

  it("signs a user in at an IPv6 address, to which the page leads as its security policy cannot", async () => {
    const { page, demo } = visit();
    const ipv6 = await startTrapServer("::1");
    const token = json({ access_token: "at-ipv6", token_type: "Bearer" });
    ipv6.answer = (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "", ipv6.origin);
      if (pathname.startsWith("/.well-known/")) {
        json(metadataOf(ipv6.origin, { scopes_supported: [] }))(request, response);
      } else if (pathname === "/authorize") {
        const callback = new URL(searchParams.get("redirect_uri") ?? "");
        callback.searchParams.set("code", "code-ipv6");
        callback.searchParams.set("state", searchParams.get("state") ?? "");
        response.writeHead(302, { location: callback.href }).end();
      } else token(request, response);
    };
    await page.goto(`${demo.url}/targets/new`);
    const form = page.locator("form", { has: page.getByLabel("Issuer") });
    await form.getByLabel("Issuer").fill(ipv6.origin);
    await form.getByLabel("Client ID").fill("my-app");
    await form.getByRole("button", { name: "Fetch its metadata" }).click();
    await page.getByRole("button", { name: /^Sign in with \[::1\]/ }).click();
    await page.getByText("cannot name an IPv6 address").waitFor();
    await page.getByRole("link", { name: /^Go on to \[::1\]/ }).click();
    await page.getByRole("heading", { name: "Signed in" }).waitFor();
    await ipv6.stop();
  });

  async function register(callback: string) {
    const response = await fetch(`${server.issuer}/reg`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ redirect_uris: [callback] }),
    });
    const client = (await response.json()) as { client_id: string; client_secret: string };
    return { clientId: client.client_id, clientSecret: client.client_secret };
  }
});

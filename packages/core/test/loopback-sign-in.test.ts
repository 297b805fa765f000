import { connect } from "node:net";
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { OAuth2Client, type OAuthError } from "@grantkit/core";
import { loopbackSignIn, type LoopbackOptions } from "@grantkit/core/node";
import { FakeClock } from "@grantkit/core/testing";
import { AuthorizationServer } from "./support/authorization-server.ts";

let server: AuthorizationServer;
let client: OAuth2Client;

beforeAll(async () => {
  // As RFC 8252 §7.3 and §8.4 have it: a native client, registered without a port.
  server = await AuthorizationServer.start([
    {
      client_id: "tool",
      application_type: "native",
      token_endpoint_auth_method: "none",
      redirect_uris: ["http://127.0.0.1/callback", "http://[::1]/callback", "http://127.0.0.1/"],
    },
  ]);
  client = await OAuth2Client.discover(server.issuer, { clientId: "tool" });
});
afterAll(() => server.close());

const authorization = { scope: ["openid", "email"] };

/** Begins a sign-in. Gives the authorization URL when the browser would be opened, and how it ends. */
async function begin(options: LoopbackOptions = {}) {
  let signIn: Promise<unknown> = Promise.resolve();
  const url = await new Promise<URL>((resolve, reject) => {
    const openBrowser = (given: string) => resolve(new URL(given));
    signIn = loopbackSignIn(client, { openBrowser, authorization, ...options });
    signIn.catch(reject);
  });
  const redirectUri = url.searchParams.get("redirect_uri") ?? "";
  return { url: url.href, redirectUri, state: url.searchParams.get("state") ?? "", signIn };
}

/** The user's way through the provider's pages; gives the callback. */
async function consent(url: string): Promise<string> {
  const { Browser } = await import("./support/browser.ts");
  return (await new Browser("alice").open(url)).url;
}

const refused = (url: string): Promise<unknown> =>
  fetch(url).then(
    () => "answered",
    () => "refused",
  );

it.each<[string, LoopbackOptions, RegExp]>([
  ["any free port", {}, /^http:\/\/127\.0\.0\.1:\d+\/callback$/],
  ["the IPv6 loopback address", { host: "[::1]" }, /^http:\/\/\[::1\]:\d+\/callback$/],
  ["the path that is registered", { path: "/" }, /^http:\/\/127\.0\.0\.1:\d+\/$/],
])("signs a user in by way of %s, and listens no longer", async (_name, options, expected) => {
  const { url, redirectUri, signIn } = await begin(options);
  expect(redirectUri).toMatch(expected);
  const response = await fetch(await consent(url));
  expect(response.status).toBe(200);
  expect(await response.text()).toContain("You can close this window");
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(response.headers.get("cache-control")).toBe("no-store");
  const token = (await signIn) as { scope: readonly string[]; claims: { sub: string } };
  expect(token.claims.sub).toBe("alice");
  expect(token.scope).toEqual(["openid", "email"]);
  expect(await refused(redirectUri)).toBe("refused");
});

it("goes on after callbacks that are not those of this sign-in", async () => {
  const { url, redirectUri, state, signIn } = await begin();
  const origin = new URL(redirectUri).origin;
  const statuses = await Promise.all(
    [
      `${origin}/`,
      `${origin}/favicon.ico`,
      `${redirectUri}/more?code=c&state=${state}`,
      `${redirectUri}?code=stolen&state=another`,
      `${redirectUri}?code=stolen`,
      redirectUri,
    ].map(async (each) => (await fetch(each)).status),
  );
  expect(statuses).toEqual([404, 404, 404, 400, 400, 400]);
  const post = await fetch(`${redirectUri}?code=c&state=${state}`, { method: "POST" });
  expect(post.status).toBe(404);
  await fetch(await consent(url));
  expect(await signIn).toMatchObject({ tokenType: "bearer" });
});

it("takes the user's callback though others arrive at the same moment", async () => {
  const { url, redirectUri, signIn } = await begin();
  const callback = await consent(url);
  const foreign = () => fetch(`${redirectUri}?code=stolen&state=another`);
  const [, response] = await Promise.all([foreign(), fetch(callback)]);
  expect(response.status).toBe(200);
  expect(await signIn).toMatchObject({ tokenType: "bearer" });
});

it("answers no request that names another host, as a page that rebinds its name would send it", async () => {
  const { url, redirectUri, signIn } = await begin();
  const callback = new URL(await consent(url));
  const status = await new Promise((resolve) => {
    const headers = { host: `attacker.example:${callback.port}` };
    httpRequest(callback, { headers }, ({ statusCode }) => resolve(statusCode)).end();
  });
  expect(status).toBe(404);
  expect(redirectUri).toContain(callback.origin);
  await fetch(callback);
  expect(await signIn).toMatchObject({ tokenType: "bearer" });
});

it("uses the callback once, though it is sent many times at once", async () => {
  const { url, signIn } = await begin();
  const before = server.tokenCalls.length;
  const callback = await consent(url);
  const responses = await Promise.allSettled(
    Array.from({ length: 5 }, async () => (await fetch(callback)).status),
  );
  await signIn;
  const statuses = responses.map((each) => (each.status === "fulfilled" ? each.value : 400));
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(server.tokenCalls.length - before).toBe(1);
});

it("throws ACCESS_DENIED when the user refuses, and the page says that the sign-in failed", async () => {
  const { redirectUri, state, signIn } = await begin();
  const failure = signIn.catch((error: unknown) => error as OAuthError);
  const issuer = encodeURIComponent(server.issuer);
  const callback = `${redirectUri}?error=access_denied&error_description=%3Cscript%3E&state=${state}&iss=${issuer}`;
  const page = await (await fetch(callback)).text();
  expect(page).toContain("The sign-in failed");
  expect(page).not.toContain("script");
  expect(await failure).toMatchObject({ code: "ACCESS_DENIED" });
  expect(await refused(redirectUri)).toBe("refused");
});

it("shows the page that the program makes", async () => {
  const page = (error: OAuthError | undefined) => `<p>Tool: ${error?.code ?? "welcome"}</p>`;
  const { url, signIn } = await begin({ page });
  expect(await (await fetch(await consent(url))).text()).toBe("<p>Tool: welcome</p>");
  await signIn;
});

it("signs the user in though the program's page cannot be made", async () => {
  const page = () => {
    throw new Error("no template");
  };
  const { url, signIn } = await begin({ page });
  expect((await fetch(await consent(url))).status).toBe(200);
  expect(await signIn).toMatchObject({ tokenType: "bearer" });
});

it("gives up when the user does not come back in time, and listens no longer", async () => {
  const clock = new FakeClock();
  const { redirectUri, signIn } = await begin({ clock, timeout: 60_000 });
  // A browser may open a connection ahead of time, and send nothing.
  const silent = connect(Number(new URL(redirectUri).port), "127.0.0.1");
  const ended = new Promise((resolve) => silent.once("close", resolve));
  await new Promise((resolve) => silent.once("connect", resolve));
  const failure = signIn.catch((error: unknown) => error as OAuthError);
  clock.advance(60_000);
  expect(await failure).toMatchObject({ code: "TIMEOUT", retryable: true });
  await ended;
  expect(await refused(redirectUri)).toBe("refused");
  expect(clock.pending).toBe(0);
});

it("ends when the signal aborts, before it or while the user is away", async () => {
  const controller = new AbortController();
  const { redirectUri, signIn } = await begin({ signal: controller.signal });
  const failure = signIn.catch((error: unknown) => error as OAuthError);
  controller.abort();
  expect(await failure).toMatchObject({ code: "ABORTED" });
  expect(await refused(redirectUri)).toBe("refused");
  const openBrowser = () => {
    throw new Error("must not be opened");
  };
  await expect(
    loopbackSignIn(client, { openBrowser, signal: controller.signal }),
  ).rejects.toMatchObject({ code: "ABORTED" });
});

it.each([
  () => {
    throw new Error("no display");
  },
  () => Promise.reject(new Error("no display")),
])("says what to do when the browser cannot be opened", async (openBrowser) => {
  const failure = loopbackSignIn(client, { openBrowser });
  await expect(failure).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    message: expect.stringContaining("openBrowser: (url) => console.log(url)"),
  });
});

it("says which port is taken", async () => {
  const { redirectUri, signIn, url } = await begin();
  const port = Number(new URL(redirectUri).port);
  await expect(loopbackSignIn(client, { port })).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    message: expect.stringContaining(`127.0.0.1:${port} (EADDRINUSE). Close the program`),
  });
  await fetch(await consent(url));
  await signIn;
});

it.each([
  { port: 70_000 },
  { port: "80" },
  { host: "0.0.0.0" },
  { path: "callback" },
  { path: "/a?b" },
  { timeout: 0 },
  { openBrowser: "firefox" },
  { page: "<p>" },
  { signal: {} },
  { scope: ["openid"] },
])("refuses %j", async (options) => {
  await expect(loopbackSignIn(client, options as LoopbackOptions)).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
  });
});

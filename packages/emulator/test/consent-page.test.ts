import { expect, it } from "@jest/globals";
import { startFacebook, startGitHub, startGoogle } from "../src/index.ts";
import type { FacebookEmulator, GitHubEmulator, GoogleEmulator } from "../src/index.ts";
import { closedAfterEach } from "./support/running.ts";
import { authorizationUrl, parameter } from "./support/wire.ts";

const running = closedAfterEach();

type AnyEmulator = FacebookEmulator | GitHubEmulator | GoogleEmulator;

it.each([
  ["Google", startGoogle, { scope: "openid" }],
  ["GitHub", startGitHub, {}],
  ["Facebook", startFacebook, {}],
] as const)(
  "says that it is an emulator of %s and asks nothing of other servers",
  async (name, start, more) => {
    const starting: Promise<AnyEmulator> = start({ applicationName: "Test <b>app</b>" });
    const emulator = await running(starting);
    const reply = await fetch(authorizationUrl(emulator, more));
    const page = await reply.text();
    expect(page).toContain(`Emulator of ${name}.`);
    expect(page).toContain("Test &lt;b&gt;app&lt;/b&gt; asks for access");
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    const foreign = addresses.filter(
      (address) => !/^(\/|data:)/.test(address ?? "") && !address?.startsWith(emulator.origin),
    );
    expect(foreign).toEqual([]);
    expect(reply.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  },
);

it("escapes markup in the request", async () => {
  const google = await running(startGoogle());
  const scope = `openid https://www.googleapis.com/auth/"><script>alert(1)</script>`;
  const page = await (await fetch(authorizationUrl(google, { scope }))).text();
  expect(page).not.toContain("<script>");
  const errorPage = await fetch(authorizationUrl(google, { scope: "<script>alert(1)</script>" }));
  expect(await errorPage.text()).toContain("&lt;script&gt;");
});

it("serves the users' pictures", async () => {
  const github = await running(startGitHub());
  for (const { avatarUrl = "" } of github.users) {
    expect(new URL(avatarUrl).origin).toBe(github.origin);
    const reply = await fetch(avatarUrl);
    expect(reply.headers.get("content-type")).toBe("image/svg+xml");
    expect(await reply.text()).toMatch(/^<svg .*<\/svg>$/);
  }
});

it("shows client id, secret and endpoints at its origin", async () => {
  const google = await running(startGoogle({ clientSecret: "open & known" }));
  const page = await (await fetch(google.origin)).text();
  expect(page).toContain(google.clientId);
  expect(page).toContain("open &amp; known");
  expect(page).toContain(google.endpoints.deviceAuthorization);
});

it("accepts a decision only with its own ticket and one of its users", async () => {
  const github = await running(startGitHub());
  const decide = (fields: Record<string, string>): Promise<Response> =>
    fetch(`${github.origin}/emulator/decision`, {
      method: "POST",
      body: new URLSearchParams(fields),
      redirect: "manual",
    });
  expect((await decide({ ticket: "guessed", user: "1815", decision: "allow" })).status).toBe(400);
  const page = await (await fetch(authorizationUrl(github))).text();
  const ticket = /name="ticket" value="([^"]+)"/.exec(page)?.[1] ?? "";
  expect((await decide({ ticket, user: "nobody", decision: "allow" })).status).toBe(400);
  expect((await decide({ ticket, user: "1815", decision: "allow" })).status).toBe(302);
});

it("clicks through with the chosen user, decision and scopes", async () => {
  const facebook = await running(startFacebook());
  const url = authorizationUrl(facebook, { scope: "email", response_type: "granted_scopes" });
  expect(parameter(await facebook.authorize(url), "granted_scopes")).toBe("public_profile,email");
  const denied = await facebook.authorize(url, { deny: true });
  expect(parameter(denied, "error")).toBe("access_denied");
  await expect(facebook.authorize(url, { scopes: ["ads_read"] })).rejects.toThrow(
    'does not offer "ads_read"',
  );
});

it.each([
  ["Google", startGoogle, "ada.lovelace@gmail.com, grace@navy.example, hypatia@alexandria.example"],
  ["GitHub", startGitHub, "ada-l, gracehopper, hypatia"],
  ["Facebook", startFacebook, "Ada Lovelace, Grace Hopper, Mary Somerville"],
] as const)("names the users of %s when there is none such", async (_, start, users) => {
  const starting: Promise<AnyEmulator> = start();
  const emulator = await running(starting);
  const url = authorizationUrl(emulator, { scope: "email" });
  await expect(emulator.authorize(url, { user: "nobody" })).rejects.toThrow(
    new TypeError(`There is no user "nobody". The users are: ${users}.`),
  );
});

it("suggests the emulator's endpoints if the URL is of another server", async () => {
  const github = await running(startGitHub());
  await expect(github.authorize("https://github.com/login/oauth/authorize")).rejects.toThrow(
    /Not an address of this emulator .*: https:\/\/github\.com\/\S+\nDid the client get the emulator's `endpoints`\?$/,
  );
});

it("has a callback page that shows the parameters", async () => {
  const github = await running(startGitHub());
  const page = `${github.origin}/emulator/callback`;
  const show = async (address: string): Promise<string> => (await fetch(address)).text();
  const url = authorizationUrl(github, { redirect_uri: page });
  const callback = await github.authorize(url);
  const allowed = await show(callback);
  expect(allowed).toContain("This is where your app would take over");
  expect(allowed).toContain(`<dd>${parameter(callback, "code")}</dd>`);
  expect(allowed).toContain("<dd>some-state</dd>");
  const denied = await show(await github.authorize(url, { deny: true }));
  expect(denied).toContain("an error instead of a code");
  expect(denied).toContain("<dd>access_denied</dd>");
  const attack = await show(`${page}?code=<script>alert(1)</script>`);
  expect(attack).toContain("&lt;script&gt;");
  expect(attack).not.toContain("<script");
  expect(await show(page)).toContain("Nothing came back");
});

it("rejects with the status and the text of an error page", async () => {
  const google = await running(startGoogle());
  const url = authorizationUrl(google, { scope: "openid", redirect_uri: "https://evil.example/" });
  await expect(google.authorize(url)).rejects.toThrow(/HTTP 400.*Error 400: redirect_uri_mismatch/);
});

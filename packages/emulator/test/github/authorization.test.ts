import { expect, it } from "@jest/globals";
import { startGitHub } from "../../src/index.ts";
import { closedAfterEach } from "../support/running.ts";
import { authorizationUrl, CHALLENGE, parameter } from "../support/wire.ts";

const running = closedAfterEach();

it("sends code, iss and state to the callback", async () => {
  const github = await running(startGitHub());
  const callback = new URL(await github.authorize(authorizationUrl(github)));
  expect(Object.fromEntries(callback.searchParams)).toEqual({
    code: expect.stringMatching(/^[0-9a-f]{20}$/),
    iss: `${github.origin}/login/oauth`,
    state: "some-state",
  });
});

it("sends iss with errors too, or leaves it out, or sends a wrong one", async () => {
  const github = await running(startGitHub());
  const iss = async (deny: boolean): Promise<string | undefined> =>
    parameter(await github.authorize(authorizationUrl(github), { deny }), "iss");
  expect(await iss(true)).toBe(github.endpoints.issuer);
  github.configure({ iss: false });
  expect([await iss(true), await iss(false)]).toEqual([undefined, undefined]);
  github.configure({ iss: "wrong" });
  expect([await iss(true), await iss(false)]).toEqual([
    "https://issuer.invalid",
    "https://issuer.invalid",
  ]);
});

it("describes a denial, plus-encoded", async () => {
  const github = await running(startGitHub());
  const callback = await github.authorize(authorizationUrl(github), { deny: true });
  expect(callback).toContain(
    "error_description=The+user+has+denied+your+application+access.&error_uri=https",
  );
  expect(parameter(callback, "error")).toBe("access_denied");
  expect(parameter(callback, "state")).toBe("some-state");
});

it("sends a redirect mismatch to the registered URL, never to the requested one", async () => {
  const registered = "https://app.example/callback";
  const github = await running(startGitHub({ redirectUris: [registered] }));
  for (const wrong of [`${registered}/`, `${registered}?a=1`, "https://evil.example/callback"]) {
    const callback = await github.authorize(authorizationUrl(github, { redirect_uri: wrong }));
    expect(callback.startsWith(`${registered}?error=redirect_uri_mismatch&`)).toBe(true);
    expect(parameter(callback, "state")).toBe("some-state");
  }
  const right = await github.authorize(authorizationUrl(github, { redirect_uri: registered }));
  expect(parameter(right, "code")).toBeDefined();
});

it("uses the first registered URL if the request has none", async () => {
  const redirectUris = ["https://app.example/one", "https://app.example/two"];
  const github = await running(startGitHub({ redirectUris }));
  const callback = await github.authorize(authorizationUrl(github, { redirect_uri: undefined }));
  expect(callback.startsWith("https://app.example/one?code=")).toBe(true);
});

it("accepts any port for a registered loopback URL", async () => {
  const github = await running(startGitHub({ redirectUris: ["http://127.0.0.1/callback"] }));
  const reach = async (uri: string): Promise<string | undefined> =>
    parameter(await github.authorize(authorizationUrl(github, { redirect_uri: uri })), "error");
  expect(await reach("http://127.0.0.1:5555/callback")).toBeUndefined();
  expect(await reach("http://127.0.0.1:5555/other")).toBe("redirect_uri_mismatch");
});

it("accepts every loopback address, and no name below localhost, without registered URLs", async () => {
  const github = await running(startGitHub());
  const callback = (uri: string) =>
    github.authorize(authorizationUrl(github, { redirect_uri: uri }));
  for (const host of ["localhost", "127.0.0.1", "127.0.0.2", "127.255.0.1:8080", "[::1]:3000"]) {
    expect(await callback(`http://${host}/cb`)).toContain(`http://${host}/cb?code=`);
  }
  for (const host of ["app.localhost", "localhost.", "[::ffff:127.0.0.1]", "127.0.0.1.example"]) {
    await expect(callback(`http://${host}/cb`)).rejects.toThrow();
  }
});

it("accepts subdomains and subpaths with the wildcard switch", async () => {
  const redirectUris = ["https://app.example/callback"];
  const github = await running(startGitHub({ redirectUris, redirectWildcard: true }));
  const error = async (uri: string): Promise<string | undefined> =>
    parameter(await github.authorize(authorizationUrl(github, { redirect_uri: uri })), "error");
  expect(await error("https://eu.app.example/callback/github")).toBeUndefined();
  expect(await error("https://app.example/callbackwards")).toBe("redirect_uri_mismatch");
  expect(await error("https://app.example:8443/callback")).toBe("redirect_uri_mismatch");
  expect(await error("https://evilapp.example/callback")).toBe("redirect_uri_mismatch");
  github.configure({ redirectWildcard: false });
  expect(await error("https://eu.app.example/callback")).toBe("redirect_uri_mismatch");
});

it("answers an unknown client with 404", async () => {
  const github = await running(startGitHub());
  const url = authorizationUrl(github, { client_id: "unknown" });
  await expect(github.authorize(url)).rejects.toThrow("HTTP 404");
});

it("rejects a code challenge that is not S256, but ignores all of them as an Enterprise Server", async () => {
  const github = await running(startGitHub());
  const error = async (more: Record<string, string>): Promise<string | undefined> =>
    parameter(await github.authorize(authorizationUrl(github, more)), "error");
  const plain = { code_challenge: CHALLENGE, code_challenge_method: "plain" };
  expect(await error(plain)).toBe("invalid_request");
  expect(await error({ code_challenge: CHALLENGE })).toBe("invalid_request");
  expect(await error({ code_challenge: "short", code_challenge_method: "S256" })).toBe(
    "invalid_request",
  );
  expect(await error({ ...plain, code_challenge_method: "S256" })).toBeUndefined();
  github.configure({ enterpriseServer: true });
  expect(await error(plain)).toBeUndefined();
});

it("publishes its metadata only at the path-inserted URL", async () => {
  const { origin, endpoints } = await running(startGitHub());
  const reply = await fetch(`${origin}/.well-known/oauth-authorization-server/login/oauth`);
  expect(await reply.json()).toMatchObject({
    issuer: endpoints.issuer,
    token_endpoint: endpoints.token,
    code_challenge_methods_supported: ["S256"],
  });
  for (const path of [
    "/login/oauth/.well-known/oauth-authorization-server",
    "/login/oauth/.well-known/openid-configuration",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
  ]) {
    expect((await fetch(origin + path)).status).toBe(404);
  }
});

it("redirects with application_suspended if the switch says so", async () => {
  const github = await running(startGitHub({ applicationSuspended: true }));
  const callback = await github.authorize(authorizationUrl(github));
  expect(parameter(callback, "error")).toBe("application_suspended");
  expect(parameter(callback, "error_description")).toMatch(/suspended/);
  expect(parameter(callback, "state")).toBe("some-state");
});

it("takes up to ten redirect URIs, as GitHub does", async () => {
  const redirectUris = Array.from({ length: 11 }, (_, index) => `https://app.example/${index}`);
  await running(startGitHub({ redirectUris: redirectUris.slice(1) }));
  await expect(startGitHub({ redirectUris })).rejects.toThrow(/at most 10/);
});

import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { startMicrosoft } from "../../src/index.ts";
import type { MicrosoftEmulator } from "../../src/index.ts";
import { startReceiver } from "../support/receiver.ts";
import { closedAfterEach } from "../support/running.ts";
import { authorizationUrl, CALLBACK, exchange, json, parameter } from "../support/wire.ts";

const running = closedAfterEach();

let microsoft: MicrosoftEmulator;
beforeAll(async () => {
  microsoft = await startMicrosoft();
});
afterAll(() => microsoft.close());

const url = (more: Record<string, string> = {}): string =>
  authorizationUrl(microsoft, { scope: "openid", response_mode: "form_post", ...more });

const fieldsOf = async (request: Request): Promise<Record<string, string>> =>
  Object.fromEntries(new URLSearchParams(await request.text()));

it("posts the code to the redirect URI, where nothing is in the query", async () => {
  const request = await microsoft.authorizeWithFormPost(url({ state: `a&b "c" <d>` }));
  expect([request.method, request.url]).toEqual(["POST", CALLBACK]);
  expect(request.headers.get("content-type")).toMatch(/^application\/x-www-form-urlencoded/);
  const { code = "", ...others } = await fieldsOf(request);
  expect(others).toEqual({ state: `a&b "c" <d>`, session_state: expect.any(String) });
  const tokens = await json(exchange(microsoft, `${CALLBACK}?code=${encodeURIComponent(code)}`));
  expect(tokens).toHaveProperty("id_token");
});

it("makes a request that reaches the application as it is", async () => {
  const { url: redirectUri, received } = await running(startReceiver());
  const more = { redirect_uri: redirectUri, response_type: "code id_token", nonce: "n" };
  const request = await microsoft.authorizeWithFormPost(url(more), { user: "Grace Hopper" });
  expect((await fetch(request, { redirect: "manual" })).status).toBe(303);
  const fields = new URLSearchParams(received[0]?.body);
  expect([...fields.keys()]).toEqual(["code", "id_token", "state", "session_state"]);
});

it("posts errors too, of the user and of the request", async () => {
  const denied = await microsoft.authorizeWithFormPost(url(), { deny: true });
  expect(await fieldsOf(denied)).toMatchObject({ error: "access_denied", state: "some-state" });
  const silent = await microsoft.authorizeWithFormPost(url({ prompt: "none", login_hint: "x" }));
  expect((await fieldsOf(silent))["error"]).toMatch(/^(login|consent)_required$/);
});

it("serves a page that submits its form by itself, with no other script allowed", async () => {
  await microsoft.authorizeWithFormPost(url());
  const page = await fetch(url({ prompt: "none" }));
  const text = await page.text();
  const script = /<script>(.*)<\/script>/.exec(text)?.[1] ?? "";
  expect(script).toBe("document.forms[0].submit()");
  const hash = createHash("sha256").update(script).digest("base64");
  const policy = page.headers.get("content-security-policy");
  expect(policy).toContain(`default-src 'none'`);
  expect(policy).toMatch(new RegExp(`script-src 'sha256-[^']+'$`));
  expect(policy).toContain(hash);
});

it("is announced, and refuses modes that are unknown or would put an ID token into the query", async () => {
  const discovery = `${microsoft.origin}/common/v2.0/.well-known/openid-configuration`;
  expect((await json(fetch(discovery)))["response_modes_supported"]).toContain("form_post");
  const unknown = await microsoft.authorize(url({ response_mode: "web_message" }));
  expect(parameter(unknown, "error_description")).toMatch(/^AADSTS70007: 'web_message'/);
  const more = { response_type: "id_token", nonce: "n", response_mode: "query" };
  const leaking = await microsoft.authorize(url(more));
  expect(parameter(leaking, "error_description")).toMatch(/^AADSTS70007: 'query'/);
});

it("tells a test which page it got in place of a form", async () => {
  const wrong = microsoft.authorizeWithFormPost(url({ client_id: "x" }));
  await expect(wrong).rejects.toThrow(/posted no form \(HTTP 400\): .*AADSTS700016/);
});

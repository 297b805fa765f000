import { describe, expect, it } from "@jest/globals";
import { notionFacts } from "./notion.ts";
import { shopifyFacts } from "./shopify.ts";
import { stravaFacts } from "./strava.ts";
import { tiktokFacts } from "./tiktok.ts";
import {
  authorizationUrl,
  BASIC,
  codeForm,
  type Fields,
  HEX_CHALLENGE,
  SECRET,
  told,
} from "./plain-requests.ts";
import { APP } from "./server/app.ts";
import { MockProvider } from "./server/mock-provider.ts";

describe("Notion", () => {
  it("refuses forms, requests without a version, and clients in the body", async () => {
    const mock = await MockProvider.start(notionFacts);
    expect((await told(mock.fetch(authorizationUrl(notionFacts))))[0]).toBe(400);
    const form = await codeForm(mock, notionFacts, { owner: "user" });
    const version = { "notion-version": "2025-09-03" };
    const json = (fields: Fields, headers: Fields): Promise<[number, Record<string, unknown>]> => {
      const type = { "content-type": "application/json" };
      const init = {
        method: "POST",
        body: JSON.stringify(fields),
        headers: { ...type, ...headers },
      };
      return told(mock.fetch(notionFacts.token, init));
    };
    const asForm = mock.post(notionFacts.token, form, { ...BASIC, ...version });
    expect(await told(asForm)).toMatchObject([400, { object: "error", code: "invalid_request" }]);
    expect(await json(form, BASIC)).toMatchObject([400, { code: "missing_version" }]);
    expect(await json({ ...form, ...SECRET }, version)).toMatchObject([
      401,
      { code: "invalid_client" },
    ]);
    expect((await json(form, { ...BASIC, ...version }))[0]).toBe(200);
  });
});

describe("TikTok", () => {
  const { web, desktop } = tiktokFacts;
  const scope = { scope: "user.info.basic" };
  const key = { client_key: APP.clientId };
  it("refuses client_id, a challenge in base64url, and for desktop apps none", async () => {
    const mock = await MockProvider.start(desktop);
    expect((await told(mock.fetch(authorizationUrl(desktop, scope))))[1]).toMatchObject({
      error: "invalid_client",
    });
    const base64url = mock.fetch(authorizationUrl(desktop, { ...scope, ...key }));
    expect(await told(base64url)).toMatchObject([
      400,
      { error_description: "code_challenge is invalid" },
    ]);
    const none = new URL(authorizationUrl(desktop, { ...scope, ...key }));
    none.searchParams.delete("code_challenge");
    expect((await told(mock.fetch(none.href)))[0]).toBe(400);
    const hex = { ...scope, ...key, code_challenge: HEX_CHALLENGE };
    const form = {
      ...(await codeForm(mock, desktop, hex)),
      ...key,
      client_secret: APP.clientSecret,
    };
    const plain = { "content-type": "application/x-www-form-urlencoded" };
    expect((await told(mock.post(desktop.token, form)))[0]).toBe(400);
    expect((await told(mock.post(desktop.token, form, plain)))[0]).toBe(200);
  });
  it("lets web apps do without a challenge", async () => {
    const mock = await MockProvider.start(web);
    const url = new URL(authorizationUrl(web, { ...scope, ...key }));
    url.searchParams.delete("code_challenge");
    await expect(mock.consent(url.href)).resolves.toContain("code=");
  });
});

describe("Strava", () => {
  it("refuses scopes with spaces, and tells what was granted in the callback alone", async () => {
    const mock = await MockProvider.start(stravaFacts);
    const spaces = mock.fetch(authorizationUrl(stravaFacts, { scope: "read activity:read" }));
    expect(await told(spaces)).toEqual([
      400,
      {
        message: "Bad Request",
        errors: [{ resource: "Authorize", field: "scope", code: "invalid" }],
      },
    ]);
    mock.unticked.add("activity:read");
    const url = authorizationUrl(stravaFacts, { scope: "read,activity:read" });
    expect(await mock.consent(url)).toMatch(/&scope=read$/);
    const form = await codeForm(mock, stravaFacts, { scope: "read" });
    const [, token] = await told(mock.post(stravaFacts.token, { ...form, ...SECRET }));
    expect(token).not.toHaveProperty("scope");
    const revoked = mock.post("https://www.strava.com/oauth/deauthorize", {
      ...SECRET,
      token: String(token["access_token"]),
    });
    expect((await told(revoked))[0]).toBe(401);
  });
});

describe("Shopify", () => {
  const shop = "https://acme.myshopify.com/admin/api/2026-01/shop.json";
  it("refuses Bearer, and tokens that never expire", async () => {
    const mock = await MockProvider.start(shopifyFacts);
    const form = await codeForm(mock, shopifyFacts, { scope: "read_products" });
    const [, token] = await told(mock.post(shopifyFacts.token, { ...form, ...SECRET }));
    expect(token).not.toHaveProperty("refresh_token");
    const text = String(token["access_token"]);
    const bearer = mock.fetch(shop, { headers: { authorization: `Bearer ${text}` } });
    expect((await told(bearer))[0]).toBe(401);
    const header = mock.fetch(shop, { headers: { "x-shopify-access-token": text } });
    expect((await told(header))[0]).toBe(403);
  });
});

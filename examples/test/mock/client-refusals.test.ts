import { describe, expect, it } from "@jest/globals";
import { salesforceFacts } from "./salesforce.ts";
import { twitchFacts } from "./twitch.ts";
import { xFacts } from "./x.ts";
import { zoomFacts } from "./zoom.ts";
import { authorizationUrl, BASIC, codeForm, SECRET, told } from "./plain-requests.ts";
import { MockProvider } from "./server/mock-provider.ts";

describe("Twitch", () => {
  it("refuses API requests without the client's ID, and the revocation of a refresh token", async () => {
    const mock = await MockProvider.start(twitchFacts);
    const form = await codeForm(mock, twitchFacts, { scope: "openid user:read:email" });
    const [, token] = await told(mock.post(twitchFacts.token, { ...form, ...SECRET }));
    expect(token["scope"]).toEqual(["openid", "user:read:email"]);
    const headers = { authorization: `Bearer ${String(token["access_token"])}` };
    const users = mock.fetch("https://api.twitch.tv/helix/users", { headers });
    expect(await told(users)).toMatchObject([
      401,
      { message: "Client ID and OAuth token do not match" },
    ]);
    const fields = { ...SECRET, token: String(token["refresh_token"]) };
    const revoked = mock.post("https://id.twitch.tv/oauth2/revoke", fields);
    expect(await told(revoked)).toEqual([400, { status: 400, message: "Invalid token" }]);
  });
});

describe("Zoom", () => {
  it("refuses a client in the form, and a refresh token that was used", async () => {
    const mock = await MockProvider.start(zoomFacts);
    const form = await codeForm(mock, zoomFacts);
    const posted = mock.post(zoomFacts.token, { ...form, ...SECRET });
    expect(await told(posted)).toMatchObject([401, { error: "invalid_client" }]);
    const [, token] = await told(mock.post(zoomFacts.token, form, BASIC));
    const refresh = { grant_type: "refresh_token", refresh_token: String(token["refresh_token"]) };
    expect((await told(mock.post(zoomFacts.token, refresh, BASIC)))[0]).toBe(200);
    expect(await told(mock.post(zoomFacts.token, refresh, BASIC))).toEqual([
      400,
      { reason: "Invalid Token!", error: "invalid_grant" },
    ]);
  });
});

describe("X", () => {
  it("refuses a client in the form, and gives no refresh token without its scope", async () => {
    const mock = await MockProvider.start(xFacts);
    const form = await codeForm(mock, xFacts, { scope: "users.read" });
    const posted = mock.post(xFacts.token, { ...form, ...SECRET });
    expect(await told(posted)).toMatchObject([401, { error: "unauthorized_client" }]);
    const [, token] = await told(mock.post(xFacts.token, form, BASIC));
    expect(token).not.toHaveProperty("refresh_token");
    const url = new URL(authorizationUrl(xFacts, { scope: "users.read" }));
    url.searchParams.delete("code_challenge");
    expect((await told(mock.fetch(url.href)))[0]).toBe(400);
  });
});

describe("Salesforce", () => {
  it("serves its API at the instance alone, and refuses to revoke an unknown token", async () => {
    const mock = await MockProvider.start(salesforceFacts);
    const form = await codeForm(mock, salesforceFacts, { scope: "api refresh_token" });
    const [, token] = await told(mock.post(salesforceFacts.token, { ...form, ...SECRET }));
    expect(token).not.toHaveProperty("expires_in");
    const headers = { authorization: `Bearer ${String(token["access_token"])}` };
    const path = "/services/data/v62.0/sobjects/Account";
    expect((await mock.fetch(`https://login.salesforce.com${path}`, { headers })).status).toBe(404);
    expect((await mock.fetch(`${String(token["instance_url"])}${path}`, { headers })).status).toBe(
      200,
    );
    const fields = { ...SECRET, token: "unknown" };
    const revoked = mock.post("https://login.salesforce.com/services/oauth2/revoke", fields);
    expect(await told(revoked)).toMatchObject([400, { error: "invalid_token" }]);
  });
});

import { expect, it } from "@jest/globals";
import { startMicrosoft } from "../../src/index.ts";
import type { MicrosoftEmulator } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { authorizationUrl, exchange, get, json, post } from "../support/wire.ts";

const running = closedAfterEach();
const clock = testClock();

const accessToken = async (
  microsoft: MicrosoftEmulator,
  scope = "openid User.Read",
): Promise<string> => {
  const url = authorizationUrl(microsoft, { scope });
  const callback = await microsoft.authorize(url, { user: "Ada Lovelace" });
  return String((await json(exchange(microsoft, callback)))["access_token"]);
};

it("serves the profile and the groups at Graph, with Graph's errors", async () => {
  const microsoft = await running(startMicrosoft({ now: clock.now }));
  const { api, userInfo } = microsoft.endpoints;
  const token = await accessToken(microsoft);
  expect(await json(get(`${api}/me`, token))).toMatchObject({
    id: "00000000-0000-4000-8000-000000000001",
    mail: "ada@contoso.example",
    userPrincipalName: "ada@contoso.example",
  });
  expect(await json(get(userInfo, token))).toHaveProperty("sub");
  const groups = await fetch(`${api}/me/getMemberObjects`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: '{"securityEnabledOnly":false}',
  });
  expect(await json(groups)).toEqual({ value: ["33333333-cccc-4ccc-8ccc-333333333333"] });
  const wrong = await get(`${api}/me`, "garbage");
  expect([wrong.status, await json(wrong)]).toEqual([
    401,
    {
      error: {
        code: "InvalidAuthenticationToken",
        message: expect.any(String),
        innerError: {
          date: expect.any(String),
          "request-id": wrong.headers.get("request-id"),
          "client-request-id": expect.any(String),
        },
      },
    },
  ]);
});

it("lists the users of the tenant that a token is of, for an application and with the scope", async () => {
  const microsoft = await running(startMicrosoft({ now: clock.now }));
  const { clientId, clientSecret, tenantId } = microsoft;
  const users = `${microsoft.endpoints.api}/users?$top=5`;
  const { access_token: token } = await json(
    post(microsoft.tenantEndpoints(tenantId).token, {
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      scope: "https://graph.microsoft.com/.default",
    }),
  );
  const names = async (accessTokenOf: string): Promise<unknown> => {
    const { value } = await json<{ value?: { displayName: string }[] }>(get(users, accessTokenOf));
    return value?.map(({ displayName }) => displayName);
  };
  expect(await names(String(token))).toEqual(["Ada Lovelace"]);
  expect(await names(await accessToken(microsoft, "User.ReadBasic.All"))).toEqual(["Ada Lovelace"]);
  expect((await get(users, await accessToken(microsoft))).status).toBe(403);
});

it("serves an inbox with the scope for it, and says which path it does not serve", async () => {
  const microsoft = await running(startMicrosoft({ now: clock.now }));
  const { api } = microsoft.endpoints;
  const reader = await accessToken(microsoft, "Mail.Read");
  expect(await json(get(`${api}/me/messages?$top=5`, reader))).toMatchObject({
    value: [{ subject: "Welcome, Ada Lovelace" }],
  });
  expect(await json(get(`${api}/me/messages`, await accessToken(microsoft)))).toMatchObject({
    error: { code: "ErrorAccessDenied" },
  });
  const unserved = await get(`${api}/me/calendars`, reader);
  expect([unserved.status, await json(unserved)]).toMatchObject([
    400,
    {
      error: {
        code: "BadRequest",
        message: expect.stringMatching(/'calendars'\. The emulator does not serve this path\.$/),
      },
    },
  ]);
});

it("revokes the refresh tokens of a user who asks for it with the scope", async () => {
  const microsoft = await running(startMicrosoft({ now: clock.now }));
  const { api, token } = microsoft.endpoints;
  const signIn = async (scope: string) =>
    json(exchange(microsoft, await microsoft.authorize(authorizationUrl(microsoft, { scope }))));
  const { access_token: access, refresh_token: refresh } = await signIn(
    "offline_access User.RevokeSessions.All",
  );
  const revoke = async (accessTokenOf: unknown): Promise<number> => {
    const headers = { authorization: `Bearer ${String(accessTokenOf)}` };
    return (await fetch(`${api}/me/revokeSignInSessions`, { method: "POST", headers })).status;
  };
  const refreshed = async (): Promise<unknown> => {
    const { clientId, clientSecret } = microsoft;
    const credentials = { client_id: clientId, client_secret: clientSecret };
    const form = { grant_type: "refresh_token", refresh_token: String(refresh), ...credentials };
    return (await json(post(token, form)))["error"] ?? "refreshed";
  };
  expect(await revoke(await accessToken(microsoft))).toBe(403);
  expect(await refreshed()).toBe("refreshed");
  expect(await revoke(access)).toBe(200);
  expect(await refreshed()).toBe("invalid_grant");
});

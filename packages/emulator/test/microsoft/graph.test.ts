import { expect, it } from "@jest/globals";
import { startMicrosoft } from "../../src/index.ts";
import type { MicrosoftEmulator } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { authorizationUrl, exchange, get, json } from "../support/wire.ts";

const running = closedAfterEach();
const clock = testClock();

const accessToken = async (microsoft: MicrosoftEmulator): Promise<string> => {
  const url = authorizationUrl(microsoft, { scope: "openid User.Read" });
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

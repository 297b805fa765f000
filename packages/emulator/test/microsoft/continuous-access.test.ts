import { expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { startMicrosoft } from "../../src/index.ts";
import type { MicrosoftEmulator } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { askToken, authorizationUrl, exchange, get, json } from "../support/wire.ts";

const running = closedAfterEach();
const clock = testClock();

const CAPABLE = { access_token: { xms_cc: { values: ["cp1"] } } };

/** The claims of a challenge, with the capability. */
const answering = (claims: string): object => ({
  access_token: { ...CAPABLE.access_token, ...JSON.parse(claims).access_token },
});

const signIn = async (microsoft: MicrosoftEmulator, claims?: object, user = "Ada Lovelace") => {
  const url = authorizationUrl(microsoft, {
    scope: "openid offline_access User.Read",
    claims: claims && JSON.stringify(claims),
  });
  return json(exchange(microsoft, await microsoft.authorize(url, { user })));
};

const refresh = (microsoft: MicrosoftEmulator, from: Record<string, unknown>, claims?: object) =>
  askToken(microsoft, {
    grant_type: "refresh_token",
    refresh_token: String(from["refresh_token"]),
    claims: claims && JSON.stringify(claims),
  });

/** Calls Graph: `"accepted"`, or the claims of the challenge. */
const call = async (microsoft: MicrosoftEmulator, tokens: Record<string, unknown>) => {
  const reply = await get(`${microsoft.endpoints.api}/me`, String(tokens["access_token"]));
  if (reply.status === 200) return "accepted";
  const header = reply.headers.get("www-authenticate") ?? "";
  expect([reply.status, header]).toEqual([401, expect.stringContaining("insufficient_claims")]);
  return Buffer.from(/claims="(.*)"/.exec(header)?.[1] ?? "", "base64").toString();
};

it("challenges clients with the capability only, which their tokens name", async () => {
  const microsoft = await running(startMicrosoft({ now: clock.now, claimsChallenge: true }));
  const plain = await signIn(microsoft);
  expect(await call(microsoft, plain)).toBe("accepted");
  expect(decodeJwt(String(plain["access_token"]))).not.toHaveProperty("xms_cc");
  const capable = await signIn(microsoft, CAPABLE);
  expect(decodeJwt(String(capable["access_token"]))["xms_cc"]).toEqual(["cp1"]);
  expect(JSON.parse(await call(microsoft, capable))).toEqual({
    access_token: { nbf: { essential: true, value: expect.stringMatching(/^\d+$/) } },
  });
  const without = await json(refresh(microsoft, capable));
  expect(await call(microsoft, without)).toBe("accepted");
  const withIt = await json(refresh(microsoft, plain, CAPABLE));
  expect(await call(microsoft, withIt)).not.toBe("accepted");
});

it("accepts tokens of a sign-in that answers the challenge, refreshed ones too", async () => {
  const microsoft = await running(startMicrosoft({ now: clock.now, claimsChallenge: true }));
  const challenge = await call(microsoft, await signIn(microsoft, CAPABLE));
  const answered = await signIn(microsoft, answering(challenge));
  expect(await call(microsoft, answered)).toBe("accepted");
  const refreshed = await json(refresh(microsoft, answered, CAPABLE));
  expect(await call(microsoft, refreshed)).toBe("accepted");
});

it("raises another challenge when the switch is set again", async () => {
  const microsoft = await running(startMicrosoft({ now: clock.now, claimsChallenge: true }));
  const first = await call(microsoft, await signIn(microsoft, CAPABLE));
  const answered = await signIn(microsoft, answering(first));
  microsoft.configure({ idToken: "none" });
  expect(await call(microsoft, answered)).toBe("accepted");
  microsoft.configure({ claimsChallenge: true });
  const second = await call(microsoft, answered);
  expect(second).not.toBe("accepted");
  expect(second).not.toBe(first);
  expect(await call(microsoft, await signIn(microsoft, answering(second)))).toBe("accepted");
  microsoft.configure({ claimsChallenge: false });
  expect(await call(microsoft, answered)).toBe("accepted");
});

it("challenges the tokens of a user whose sessions were revoked, until a new sign-in", async () => {
  const microsoft = await running(startMicrosoft({ now: clock.now }));
  const ada = await signIn(microsoft, CAPABLE);
  const adaWithout = await signIn(microsoft);
  const grace = await signIn(microsoft, CAPABLE, "Grace Hopper");
  microsoft.revokeSessions("Ada Lovelace");
  expect(JSON.parse(await call(microsoft, ada))).toMatchObject({
    access_token: { nbf: { essential: true } },
  });
  const reply = await get(`${microsoft.endpoints.api}/me`, String(ada["access_token"]));
  expect(await json(reply)).toMatchObject({
    error: { message: expect.stringContaining("TokenIssuedBeforeRevocationTimestamp") },
  });
  expect(await call(microsoft, adaWithout)).toBe("accepted");
  expect(await call(microsoft, grace)).toBe("accepted");
  expect((await refresh(microsoft, ada, CAPABLE)).status).toBe(400);
  expect(await call(microsoft, await signIn(microsoft, CAPABLE))).toBe("accepted");
});

it("ignores a claims parameter that is no JSON", async () => {
  const microsoft = await running(startMicrosoft({ claimsChallenge: true }));
  const url = authorizationUrl(microsoft, { scope: "openid User.Read", claims: "{" });
  const tokens = await json(exchange(microsoft, await microsoft.authorize(url)));
  expect(await call(microsoft, tokens)).toBe("accepted");
});

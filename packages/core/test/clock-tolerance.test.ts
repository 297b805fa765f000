import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { OAuth2Client, OAuth2ClientOptions, OAuthError } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { FakeClock } from "./support/fake-clock.ts";
import {
  FaultyProvider,
  type IdTokenFault,
  signingKey,
  SUBJECT,
} from "./support/faulty-provider.ts";
import { watchedWarnings } from "./support/warnings.ts";

const KEY = signingKey("RS256", "first");
const NOW = new FakeClock().seconds;
const EVENT = "http://schemas.openid.net/event/backchannel-logout";

let provider: FaultyProvider;
const warnings = watchedWarnings();

beforeEach(async () => {
  provider = await FaultyProvider.start(KEY);
});

afterEach(() => provider.close());

type Check = (client: OAuth2Client, fault: IdTokenFault) => Promise<unknown>;

const signIn: Check = (client, fault) => provider.signIn(client, fault);

const verify: Check = (client, fault) => client.verifyIdToken(provider.idToken(fault));

const logout: Check = (client, { claims }) =>
  client.verifyLogoutToken(
    provider.idToken({
      header: { typ: "logout+jwt" },
      claims: { jti: "logout-1", events: { [EVENT]: {} }, nonce: undefined, ...claims },
    }),
  );

const PLACES: [string, Check][] = [
  ["a sign-in", signIn],
  ["verifyIdToken()", verify],
  ["verifyLogoutToken()", logout],
];

describe("a clock that is a minute off", () => {
  const faults: [string, Record<string, unknown>][] = [
    ["iat is 61 s ahead", { iat: NOW + 61 }],
    ["nbf is 61 s ahead", { nbf: NOW + 61 }],
    ["exp passed 61 s ago", { exp: NOW - 61, iat: NOW - 200 }],
  ];
  const rows = PLACES.flatMap(([place, check]) =>
    faults.map(([what, claims]) => [place, what, check, claims] as const),
  );
  it.each(rows)("does not fail %s: %s", async (_place, _what, check, claims) => {
    await check(provider.client(), { claims });
  });

  it.each(faults)("does not fail a refresh: %s", async (_what, claims) => {
    const client = provider.client();
    const before = await provider.signIn(client);
    provider.fault = { claims: { ...claims, email: "new@example.com" } };
    provider.tokenFields = { access_token: "canary-at-2", refresh_token: "canary-rt-2" };
    const after = await client.refreshToken(before);
    expect(after).toMatchObject({ accessToken: "canary-at-2", refreshToken: "canary-rt-2" });
    expect(after.claims).toMatchObject({ sub: SUBJECT, email: "new@example.com" });
    expect(warnings).toEqual([]);
  });
});

describe("clockTolerance", () => {
  const limits: [number | undefined, number][] = [
    [undefined, 300],
    [0, 0],
    [10, 10],
    [600, 600],
  ];
  const rows = PLACES.flatMap(([place, check]) =>
    limits.map(([clockTolerance, limit]) => [place, clockTolerance, limit, check] as const),
  );
  it.each(rows)(
    "limits iat, nbf and exp in %s: %p means %d seconds",
    async (_place, clockTolerance, limit, check) => {
      const options = clockTolerance === undefined ? {} : { clockTolerance };
      const client = provider.client({}, options);
      await check(client, { claims: { nbf: NOW + limit } });
      for (const [claim, value] of [
        ["nbf", NOW + limit + 1],
        ["iat", NOW + limit + 1],
        ["exp", NOW - limit - 1],
      ] as const) {
        const jti = `${claim}-beyond`;
        const error = await rejectionOf(check(client, { claims: { jti, [claim]: value } }));
        expect(error).toMatchObject({ details: { claim } });
      }
    },
  );

  it.each([[-1], [Number.NaN], ["60"], [Number.POSITIVE_INFINITY], [3601], [null]])(
    "throws an error that names it when it is %p",
    async (clockTolerance) => {
      const make = (): unknown =>
        provider.client({}, { clockTolerance } as unknown as OAuth2ClientOptions);
      expect(make).toThrow(/clockTolerance must be a number of seconds from 0 to 3600/);
    },
  );

  it("applies to a discovered client too", async () => {
    const client = await provider.discover({ clockTolerance: 5 });
    const error = await rejectionOf(provider.signIn(client, { claims: { iat: NOW + 6 } }));
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "iat" } });
  });
});

describe("the offset of this machine's clock", () => {
  it.each([
    [65_000, -65, "behind"],
    [-65_000, 65, "ahead of"],
  ])("is published once as a warning, without an error (%d ms)", async (ahead, seconds, word) => {
    provider.ahead = ahead;
    const client = provider.client();
    let token = await provider.signIn(client);
    provider.fault = { claims: { nonce: undefined } };
    token = await client.refreshToken(token);
    await provider.signIn(client);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({
      provider: "faulty",
      code: "CLOCK_SKEW",
      details: { seconds },
    });
    expect(warnings[0]?.message).toContain(`65 s ${word}`);
    expect(warnings[0]?.message).toContain("NTP");
  });

  it.each([[0], [20_000], [-20_000]])(
    "is not published when it is small (%d ms)",
    async (ahead) => {
      provider.ahead = ahead;
      await provider.signIn(provider.client());
      expect(warnings).toEqual([]);
    },
  );

  it("is not published when the provider sends no Date header", async () => {
    provider.ahead = 120_000;
    provider.sendsDate = false;
    await provider.signIn(provider.client());
    expect(warnings).toEqual([]);
  });

  it("is in the error when the times of an ID token are refused, also in verifyIdToken()", async () => {
    provider.ahead = 10 * 60_000;
    const client = provider.client();
    const refused = (await rejectionOf(provider.signIn(client))) as OAuthError;
    const later = (await rejectionOf(client.verifyIdToken(provider.idToken()))) as OAuthError;
    for (const error of [refused, later]) {
      expect(error).toMatchObject({ code: "CLOCK_SKEW", details: { seconds: -600 } });
      expect(error.message).toContain("600 s behind");
    }
    expect(warnings).toHaveLength(1);
  });

  it("is in the error when the times of a logout token are refused", async () => {
    provider.ahead = 10 * 60_000;
    const client = provider.client();
    await rejectionOf(provider.signIn(client));
    const error = await rejectionOf(logout(client, {}));
    expect(error).toMatchObject({ code: "CLOCK_SKEW", details: { seconds: -600 } });
  });
});

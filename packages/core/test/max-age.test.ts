import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type OAuth2Client } from "@grantkit/core";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import { FaultyProvider, signingKey } from "./support/faulty-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";

const FIRST = signingKey("RS256", "first");
const NOW = new FakeClock().seconds;
const MINUTE = 60_000;

let provider: FaultyProvider;
let client: OAuth2Client;

beforeEach(async () => {
  provider = await FaultyProvider.start(FIRST);
  client = provider.client();
});

afterEach(() => provider.close());

describe("a sign-in that may not be older than maxAge", () => {
  const signedIn = async (ago: number | undefined) => {
    const request = await client.authorizationRequest({ maxAge: 60 });
    expect(new URL(request.url).searchParams.get("max_age")).toBe("60");
    const stored = JSON.parse(JSON.stringify(request)) as typeof request;
    const claims = { auth_time: ago === undefined ? undefined : NOW - ago };
    return client.fetchToken(provider.callbackFor(request, { claims }), stored);
  };

  it("is accepted when the user signed in since", async () => {
    expect((await signedIn(59)).claims?.["auth_time"]).toBe(NOW - 59);
  });

  it.each([[200], [undefined]])("is refused when that was %s seconds ago", async (ago) => {
    expect(await rejectionOf(signedIn(ago))).toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "auth_time" },
    });
  });

  it("is refused as an option without an ID token to check, or with a value that is not a time", async () => {
    const plain = provider.client({ issuer: undefined } as never);
    expect(await rejectionOf(plain.authorizationRequest({ maxAge: 60 }))).toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
    for (const maxAge of [-1, 1.5, Number.NaN, 1e21]) {
      expect(await rejectionOf(client.authorizationRequest({ maxAge }))).toMatchObject({
        code: "CONFIGURATION_INVALID",
      });
    }
    const error = await rejectionOf(client.authorizationRequest({ maxAge: 60, scope: ["email"] }));
    expect(error).toMatchObject({
      problems: ["maxAge needs the scope openid: it is checked by the ID token"],
    });
  });

  const slowly = async (maxAge: number, before: number, after: number) => {
    const request = await client.authorizationRequest({ maxAge });
    provider.clock.advance((before + after) * 1000);
    const claims = { auth_time: NOW + before };
    return client.fetchToken(provider.callbackFor(request, { claims }), request);
  };

  it.each([
    ["signs in anew and reads the consent page for nine minutes", 0, 5, 540],
    ["was just young enough, and reads it as long", 60, -60, 600],
  ])("is counted from the request: the user %s", async (_name, maxAge, before, after) => {
    const token = await slowly(maxAge, before, after);
    expect(token.claims?.["auth_time"]).toBe(NOW + before);
  });

  it.each([
    ["was not asked again", 0, -31, 60],
    ["was too old when the request was made", 60, -91, 120],
    ["is dated to come, as one in milliseconds is", 60, NOW * 999, 5 - NOW * 999],
  ])(
    "is refused however long the user took: the sign-in %s",
    async (_name, maxAge, before, after) => {
      expect(await rejectionOf(slowly(maxAge, before, after))).toMatchObject({
        code: "ID_TOKEN_INVALID",
        details: { claim: "auth_time" },
      });
    },
  );

  it.each([{ id_token: undefined }, { id_token: undefined, scope: "email" }])(
    "is refused without an ID token, whatever was granted: %j",
    async (fields) => {
      provider.tokenFields = fields;
      expect(await rejectionOf(signedIn(1))).toMatchObject({
        code: "TOKEN_RESPONSE_INVALID",
        details: { field: "id_token" },
      });
    },
  );

  it("is refused by the implicit grant without an ID token", async () => {
    const request = await client.authorizationRequest({ maxAge: 60, responseType: "token" });
    const callback = `https://app.example.com/callback#access_token=${CANARY.accessToken}&token_type=bearer&state=${request.state}`;
    expect(await rejectionOf(client.tokenFromFragment(callback, request))).toMatchObject({
      code: "TOKEN_RESPONSE_INVALID",
      details: { field: "id_token" },
    });
  });

  it.each([["60"], [null], [-1], [Number.NaN]])(
    "is refused before the code exchange when the stored maxAge is not a number: %p",
    async (maxAge) => {
      const request = { ...(await client.authorizationRequest({ maxAge: 60 })), maxAge };
      const callback = provider.callbackFor(request as never, { claims: { auth_time: NOW } });
      expect(await rejectionOf(client.fetchToken(callback, request as never))).toMatchObject({
        code: "CONFIGURATION_INVALID",
      });
      expect(provider.server.requests).toEqual([]);
    },
  );

  it("names a wrong clock, and does not send the user back", async () => {
    provider.ahead = -2 * MINUTE;
    expect(await rejectionOf(signedIn(2 * 60))).toMatchObject({
      code: "CLOCK_SKEW",
      details: { seconds: 120 },
    });
  });

  it("ends with the sign-in: a later refresh is checked for neither maxAge nor nonce", async () => {
    const token = await signedIn(59);
    provider.clock.advance(60 * MINUTE);
    provider.fault = { claims: { auth_time: NOW - 59, nonce: undefined } };
    provider.tokenFields = { access_token: "canary-access-token-after-an-hour" };
    const after = await client.refreshToken(token);
    expect(after.claims).toMatchObject({ auth_time: NOW - 59, iat: NOW + 3600 });
  });
});

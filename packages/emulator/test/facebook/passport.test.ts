// passport's strategy for Facebook as a judge of what the emulator serves.
import { expect, it } from "@jest/globals";
import { Strategy } from "passport-facebook";
import type { Profile, StrategyOptions } from "passport-facebook";
import { startFacebook } from "../../src/index.ts";
import type { FacebookEmulator } from "../../src/index.ts";
import { passportApp } from "../support/passport-app.ts";
import type { PassportApp } from "../support/passport-app.ts";
import { closedAfterEach } from "../support/running.ts";

const running = closedAfterEach();

/** The strategy's own version has ended: Facebook serves its calls by the oldest one that lives. */
const appOf = (
  { origin, clientId, clientSecret }: FacebookEmulator,
  more: Partial<StrategyOptions> = {},
): Promise<PassportApp<Profile>> =>
  running(
    passportApp<Profile>(
      (callbackURL, verify) =>
        new Strategy(
          {
            clientID: clientId,
            clientSecret,
            callbackURL,
            authorizationURL: `${origin}/v3.2/dialog/oauth`,
            tokenURL: `${origin}/v3.2/oauth/access_token`,
            profileURL: `${origin}/v3.2/me`,
            state: true,
            ...more,
          },
          verify,
        ),
    ),
  );

it("signs a user in, whose profile is id and name by default", async () => {
  const facebook = await running(startFacebook());
  const app = await appOf(facebook, { pkce: true });
  const { user } = await app.end(await facebook.authorize(await app.begin()));
  expect(user).toMatchObject({
    refreshToken: undefined,
    parameters: { token_type: "bearer", expires_in: 5_183_944 },
    profile: {
      provider: "facebook",
      id: facebook.users[0]?.id,
      displayName: "Ada Lovelace",
      _json: { id: facebook.users[0]?.id, name: "Ada Lovelace" },
    },
  });
  expect(user?.profile.emails).toBeUndefined();
});

it("gets the fields of a profile, with the app secret's proof where the app requires it", async () => {
  const facebook = await running(startFacebook({ requireAppSecretProof: true }));
  const profileFields = ["id", "displayName", "name", "photos", "emails", "profileUrl", "gender"];
  const app = await appOf(facebook, { profileFields, enableProof: true });
  const url = await app.begin({ scope: ["public_profile", "email"] });
  const { user } = await app.end(await facebook.authorize(url));
  expect(facebook.requests.at(-1)?.query["appsecret_proof"]).toMatch(/^[0-9a-f]{64}$/);
  expect(user?.profile).toMatchObject({
    displayName: "Ada Lovelace",
    name: { familyName: "Lovelace", givenName: "Ada" },
    emails: [{ value: "ada@lovelace.example" }],
    photos: [{ value: expect.stringMatching(/^http/) }],
  });
});

it("passes display and reauthentication on, and asks again for declined permissions", async () => {
  const facebook = await running(startFacebook());
  const app = await appOf(facebook, { profileFields: ["id", "emails"] });
  const emailsOf = async (options: object, scopes?: string[]): Promise<unknown> => {
    const url = await app.begin({ scope: ["email"], ...options });
    const { user } = await app.end(await facebook.authorize(url, scopes && { scopes }));
    return user?.profile.emails?.map(({ value }) => value);
  };
  expect(await emailsOf({}, ["public_profile"])).toBeUndefined();
  // The strategy's README names reauthenticate for this; Facebook's guide has named rerequest since.
  expect(await emailsOf({ authType: "reauthenticate", authNonce: "n-1" })).toBeUndefined();
  expect(facebook.requests.find(({ query }) => query["auth_nonce"] === "n-1")?.query).toMatchObject(
    {
      auth_type: "reauthenticate",
    },
  );
  expect(await emailsOf({ authType: "rerequest", display: "popup" })).toEqual([
    "ada@lovelace.example",
  ]);
});

it("reports a user who declines", async () => {
  const facebook = await running(startFacebook());
  const app = await appOf(facebook);
  const { info } = await app.end(await facebook.authorize(await app.begin(), { deny: true }));
  expect(info).toEqual({ message: "Permissions error" });
});

it("reads an error of the dialog as FacebookAuthorizationError", async () => {
  const facebook = await running(startFacebook());
  const app = await appOf(facebook);
  facebook.configure({ dialogError: true });
  const { error } = await app.end(await facebook.authorize(await app.begin()));
  expect(error).toMatchObject({
    name: "FacebookAuthorizationError",
    code: 1349048,
    message: expect.stringContaining("Can't Load URL"),
  });
});

it("reads an error of the token endpoint as FacebookTokenError", async () => {
  const facebook = await running(startFacebook());
  const app = await appOf(facebook, { state: undefined });
  const callback = await facebook.authorize(await app.begin());
  expect((await app.end(callback)).error).toBeUndefined();
  expect((await app.end(callback)).error).toMatchObject({
    name: "FacebookTokenError",
    message: expect.stringContaining("has been used"),
    type: "OAuthException",
    code: 100,
    subcode: 36009,
    traceID: expect.any(String),
  });
});

it.each([
  ["api-password-changed", { code: 190, subcode: 460 }],
  ["api-app-throttled", { code: 4 }],
] as const)("reads the Graph API's error %s as FacebookGraphAPIError", async (failure, numbers) => {
  const facebook = await running(startFacebook());
  const app = await appOf(facebook);
  const callback = await facebook.authorize(await app.begin());
  facebook.failNext(failure);
  expect((await app.end(callback)).error).toMatchObject({
    name: "FacebookGraphAPIError",
    type: "OAuthException",
    traceID: expect.any(String),
    ...numbers,
  });
});

it("reads the error of an app that requires a proof", async () => {
  const facebook = await running(startFacebook({ requireAppSecretProof: true }));
  const app = await appOf(facebook);
  const { error } = await app.end(await facebook.authorize(await app.begin()));
  expect(error).toMatchObject({ name: "FacebookGraphAPIError", type: "GraphMethodException" });
});

// passport's strategy for Google as a judge of what the emulator serves.
import { expect, it } from "@jest/globals";
import { Strategy } from "passport-google-oauth20";
import type { Profile } from "passport-google-oauth20";
import { startGoogle } from "../../src/index.ts";
import type { GoogleEmulator } from "../../src/index.ts";
import { passportApp } from "../support/passport-app.ts";
import type { PassportApp } from "../support/passport-app.ts";
import { closedAfterEach } from "../support/running.ts";
import { askToken, parameter } from "../support/wire.ts";

const running = closedAfterEach();

/** The paths are those of the strategy's own addresses, Google's legacy token endpoint among them. */
const appOf = ({ origin, clientId, clientSecret }: GoogleEmulator): Promise<PassportApp<Profile>> =>
  running(
    passportApp<Profile>(
      (callbackURL, verify) =>
        new Strategy(
          {
            clientID: clientId,
            clientSecret,
            callbackURL,
            authorizationURL: `${origin}/o/oauth2/v2/auth`,
            tokenURL: `${origin}/oauth2/v4/token`,
            userProfileURL: `${origin}/oauth2/v3/userinfo`,
            state: true,
            pkce: true,
          },
          verify,
        ),
    ),
  );

it("signs a user in, with the token of the profile in the query", async () => {
  const google = await running(startGoogle());
  const app = await appOf(google);
  const url = await app.begin({ scope: ["openid", "email", "profile"] });
  const { user } = await app.end(await google.authorize(url));
  expect(user).toMatchObject({
    refreshToken: undefined,
    parameters: { token_type: "Bearer", expires_in: 3599, id_token: expect.any(String) },
    profile: {
      provider: "google",
      id: google.users[0]?.sub,
      displayName: "Ada Lovelace",
      name: { familyName: "Lovelace", givenName: "Ada" },
      emails: [{ value: "ada.lovelace@gmail.com", verified: true }],
      photos: [{ value: expect.stringMatching(/^http/) }],
    },
  });
  expect(google.requests.at(-1)?.query).toEqual({ access_token: user?.accessToken });
});

it("gets a refresh token for offline access, again only with the prompt consent", async () => {
  const google = await running(startGoogle());
  const app = await appOf(google);
  const refreshTokens: (string | undefined)[] = [];
  for (const prompt of [undefined, undefined, "consent"]) {
    const url = await app.begin({ scope: ["profile"], accessType: "offline", prompt });
    const { user } = await app.end(await google.authorize(url));
    refreshTokens.push(user?.refreshToken);
  }
  expect(refreshTokens).toEqual([expect.any(String), undefined, expect.any(String)]);
  const refresh = { grant_type: "refresh_token", refresh_token: refreshTokens[0] };
  expect((await askToken(google, refresh)).status).toBe(200);
});

it("preselects the account of a login hint or a domain, and adds scopes that were granted before", async () => {
  const google = await running(startGoogle());
  const app = await appOf(google);
  const first = await app.begin({ scope: ["email"], hd: "navy.example", prompt: "select_account" });
  const before = (await app.end(await google.authorize(first))).user;
  expect(before?.profile).toMatchObject({
    _json: { hd: "navy.example", email: "grace@navy.example" },
  });
  const calendar = "https://www.googleapis.com/auth/calendar.readonly";
  const second = await app.begin({
    scope: [calendar],
    includeGrantedScopes: true,
    loginHint: "grace@navy.example",
  });
  const { user } = await app.end(await google.authorize(second));
  expect(String(user?.parameters["scope"]).split(" ").toSorted()).toEqual([
    calendar,
    "https://www.googleapis.com/auth/userinfo.email",
  ]);
});

it("reports a user who declines, a foreign callback and a used code", async () => {
  const google = await running(startGoogle());
  const app = await appOf(google);
  const begin = () => app.begin({ scope: ["profile"] });
  const denied = await app.end(await google.authorize(await begin(), { deny: true }));
  expect([denied.user, denied.error]).toEqual([undefined, undefined]);
  const callback = await google.authorize(await begin());
  const foreign = callback.replace(`state=${parameter(callback, "state")}`, "state=foreign");
  expect((await app.end(foreign)).info).toEqual({
    message: "Invalid authorization request state.",
  });
  const again = await google.authorize(await begin());
  expect((await app.end(again)).user?.profile.displayName).toBe("Ada Lovelace");
  const next = new URL(again);
  next.searchParams.set("state", parameter(await begin(), "state") ?? "");
  expect((await app.end(next.href)).error).toMatchObject({
    name: "TokenError",
    code: "invalid_grant",
  });
});

it("reads the errors of userinfo", async () => {
  const google = await running(startGoogle());
  const app = await appOf(google);
  const url = await app.begin({ scope: ["profile"] });
  google.configure({ queryTokens: false });
  const { error } = await app.end(await google.authorize(url));
  expect(error).toMatchObject({ name: "UserInfoError", message: "Invalid Credentials" });
  google.configure({ queryTokens: true });
  google.failNext("api-quota");
  const next = await google.authorize(await app.begin({ scope: ["profile"] }));
  expect((await app.end(next)).error).toMatchObject({ name: "GooglePlusAPIError", code: 403 });
});

// passport's strategy for Microsoft as a judge of what the emulator serves.
import { expect, it } from "@jest/globals";
import { Strategy } from "passport-microsoft";
import type { MicrosoftStrategyOptions } from "passport-microsoft";
import { startMicrosoft } from "../../src/index.ts";
import type { MicrosoftEmulator } from "../../src/index.ts";
import { passportApp } from "../support/passport-app.ts";
import type { PassportApp } from "../support/passport-app.ts";
import { closedAfterEach } from "../support/running.ts";
import { parameter } from "../support/wire.ts";

const running = closedAfterEach();
const HOST = "https://login.microsoftonline.com";

/** The strategy has no types for its profiles. */
interface Profile {
  readonly id: string;
  readonly emails: readonly { readonly value: string }[];
  readonly userPrincipalName: string;
}

const appOf = (
  { origin, clientId, clientSecret, endpoints }: MicrosoftEmulator,
  more: Partial<MicrosoftStrategyOptions> & { addUPNAsEmail?: boolean } = {},
): Promise<PassportApp<Profile>> =>
  running(
    passportApp<Profile>(
      (callbackURL, verify) =>
        new Strategy(
          {
            clientID: clientId,
            clientSecret,
            callbackURL,
            scope: ["user.read"],
            tokenURL: `${origin}/common/oauth2/v2.0/token`,
            apiEntryPoint: endpoints.api.replace(/\/v1\.0$/, ""),
            state: true,
            pkce: true,
            ...more,
          },
          verify,
        ),
    ),
  );

/** Signs a user in; the strategy's own address of the dialog is that of its tenant. */
const signIn = async (
  microsoft: MicrosoftEmulator,
  app: PassportApp<Profile>,
  choice: Parameters<MicrosoftEmulator["authorize"]>[1] = {},
  options: Readonly<Record<string, unknown>> = {},
) => {
  const url = (await app.begin(options)).replace(HOST, microsoft.origin);
  return app.end(await microsoft.authorize(url, choice));
};

it("signs a user in, whose profile comes from Graph", async () => {
  const microsoft = await running(startMicrosoft());
  const app = await appOf(microsoft);
  const { user } = await signIn(microsoft, app);
  expect(user).toMatchObject({
    refreshToken: undefined,
    parameters: { token_type: "Bearer", expires_in: 4799 },
    profile: {
      provider: "microsoft",
      id: microsoft.users[0]?.oid,
      displayName: microsoft.users[0]?.name,
      name: { familyName: "Lovelace", givenName: "Ada" },
      userPrincipalName: "ada@contoso.example",
      emails: [{ type: "work", value: "ada@contoso.example" }],
      _json: { "@odata.context": expect.any(String) },
    },
  });
});

it("gets a refresh token for offline_access, and the principal name as an address", async () => {
  const microsoft = await running(startMicrosoft());
  const app = await appOf(microsoft, {
    scope: ["user.read", "offline_access"],
    addUPNAsEmail: true,
    graphApiVersion: "beta",
  });
  const { user } = await signIn(microsoft, app);
  expect(user?.refreshToken).toEqual(expect.any(String));
  expect(user?.profile.emails).toHaveLength(2);
  expect(microsoft.requests.at(-1)?.path).toMatch(/\/beta\/me\/$/);
});

it("signs users of its tenant in, and no others", async () => {
  const microsoft = await running(startMicrosoft());
  const { tenantId, origin } = microsoft;
  const tokenURL = `${origin}/${tenantId}/oauth2/v2.0/token`;
  const app = await appOf(microsoft, { tenant: tenantId, tokenURL });
  expect(await app.begin()).toMatch(`${HOST}/${tenantId}/oauth2/v2.0/authorize`);
  const { user } = await signIn(microsoft, app);
  expect(user?.profile.id).toBe(microsoft.users[0]?.oid);
  await expect(signIn(microsoft, app, { user: "mallory@fabrikam.example" })).rejects.toThrow(
    "No such user",
  );
});

it("passes prompt and hints on", async () => {
  const microsoft = await running(startMicrosoft());
  const app = await appOf(microsoft);
  const options = {
    prompt: "select_account",
    login_hint: "grace@outlook.example",
    domain_hint: "consumers",
  };
  const url = await app.begin(options);
  expect(parameter(url, "domain_hint")).toBe("consumers");
  const { user } = await signIn(microsoft, app, {}, options);
  expect(user?.profile.userPrincipalName).toBe("grace@outlook.example");
});

it("reports a user who declines, a refused code and an error of Graph", async () => {
  const microsoft = await running(startMicrosoft());
  const app = await appOf(microsoft);
  const denied = await signIn(microsoft, app, { deny: true });
  expect(denied.info).toEqual({ message: expect.stringMatching(/AADSTS65004/) });
  microsoft.failNext("token-consent-required");
  expect((await signIn(microsoft, app)).error).toMatchObject({
    name: "TokenError",
    code: "invalid_grant",
    message: expect.stringMatching(/AADSTS65001/),
  });
  microsoft.failNext("api-forbidden");
  expect((await signIn(microsoft, app)).error).toMatchObject({
    name: "InternalOAuthError",
    oauthError: { statusCode: 403 },
  });
});

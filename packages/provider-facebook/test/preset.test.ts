import { expect, it } from "@jest/globals";
import {
  ConfigurationError,
  facebook,
  FacebookClient,
  type FacebookClientOptions,
} from "@grantkit/provider-facebook";

const options: FacebookClientOptions = {
  clientId: "id",
  clientSecret: "secret",
  redirectUri: "https://app.example.com/callback",
};

it("has the endpoints of the newest Graph API version, or of another", () => {
  expect(facebook()).toMatchObject({
    name: "facebook",
    issuer: "https://www.facebook.com",
    endpoints: {
      authorization: "https://www.facebook.com/v26.0/dialog/oauth",
      token: "https://graph.facebook.com/v26.0/oauth/access_token",
      jwks: "https://www.facebook.com/.well-known/oauth/openid/jwks/",
    },
    api: { baseUrl: "https://graph.facebook.com/v26.0" },
  });
  expect(facebook({ version: "v25.0" }).endpoints).toMatchObject({
    authorization: "https://www.facebook.com/v25.0/dialog/oauth",
    token: "https://graph.facebook.com/v25.0/oauth/access_token",
  });
});

it("accepts a version whose second number has two digits", () => {
  expect(facebook({ version: "v2.12" }).api?.baseUrl).toBe("https://graph.facebook.com/v2.12");
});

it.each(["26.0", "v26", "v26.0/", "latest", ""])("refuses the version %j", (version) => {
  expect(() => facebook({ version })).toThrow(/version must be a Graph API version/);
});

it("lists the problems of all options in one error", () => {
  try {
    throw new FacebookClient({
      version: "x",
      scope: [],
      clientId: "id",
      redirectUri: "",
    } as never);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).problems.map((text) => text.split(" ")[0])).toEqual([
      "version",
      "scope",
      "redirectUri",
    ]);
  }
});

it("refuses appSecretProof without a client secret", () => {
  const { clientId } = options;
  expect(() => new FacebookClient({ clientId, appSecretProof: true })).toThrow(
    /appSecretProof needs clientSecret/,
  );
});

it("sends the token to another API version and to the host for videos, and to no other host", async () => {
  const sent: string[] = [];
  const client = new FacebookClient({
    ...options,
    http: {
      adapter: (config) => {
        sent.push(String(config.url));
        return Promise.resolve({ status: 200, statusText: "", data: "{}", headers: {}, config });
      },
    },
  });
  const session = client.session({ accessToken: "at" });
  await session.get("https://graph.facebook.com/v25.0/me");
  await session.post("https://graph-video.facebook.com/v26.0/me/videos");
  await expect(session.get("https://www.facebook.com/me")).rejects.toMatchObject({
    code: "ORIGIN_NOT_ALLOWED",
  });
  expect(sent).toEqual([
    "https://graph.facebook.com/v25.0/me",
    "https://graph-video.facebook.com/v26.0/me/videos",
  ]);
});

it("lists what is missing when it is called without options", () => {
  const nothing = undefined as unknown as FacebookClientOptions;
  expect(() => new FacebookClient(nothing)).toThrow(/clientId is missing/);
});

it("passes parameters of the dialog that have no option", async () => {
  const request = await new FacebookClient(options).authorizationRequest({
    authType: "reauthenticate",
    parameters: { auth_nonce: "nonce-1", locale: "de_DE", extras: '{"setup":{}}' },
  });
  expect(Object.fromEntries(new URL(request.url).searchParams)).toMatchObject({
    auth_type: "reauthenticate",
    auth_nonce: "nonce-1",
    locale: "de_DE",
    extras: '{"setup":{}}',
  });
});

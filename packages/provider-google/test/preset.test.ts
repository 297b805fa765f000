import { expect, it } from "@jest/globals";
import {
  ConfigurationError,
  google,
  GoogleClient,
  type GoogleClientOptions,
} from "@grantkit/provider-google";

const options: GoogleClientOptions = {
  clientId: "id",
  clientSecret: "secret",
  redirectUri: "https://app.example.com/callback",
};

it("has the endpoints that Google publishes", () => {
  expect(google()).toMatchObject({
    name: "google",
    issuer: "https://accounts.google.com",
    endpoints: {
      authorization: "https://accounts.google.com/o/oauth2/v2/auth",
      token: "https://oauth2.googleapis.com/token",
      userInfo: "https://openidconnect.googleapis.com/v1/userinfo",
      jwks: "https://www.googleapis.com/oauth2/v3/certs",
      revocation: "https://oauth2.googleapis.com/revoke",
      deviceAuthorization: "https://oauth2.googleapis.com/device/code",
    },
  });
});

it("asks Google's own tokeninfo, and knows no logout", async () => {
  const sent: string[] = [];
  const client = new GoogleClient({
    ...options,
    http: {
      adapter: (config) => {
        sent.push(String(config.url));
        const data = JSON.stringify({ aud: "id" });
        return Promise.resolve({ status: 200, statusText: "", data, headers: {}, config });
      },
    },
  });
  await client.tokenInfo("ya29.a");
  expect(sent).toEqual(["https://oauth2.googleapis.com/tokeninfo"]);
  expect(() => client.logoutUrl()).toThrow(/endSession/);
});

it("sends the token to Google's API hosts, and not to look-alikes", async () => {
  const sent: string[] = [];
  const client = new GoogleClient({
    ...options,
    http: {
      adapter: (config) => {
        sent.push(String(config.url));
        return Promise.resolve({ status: 200, statusText: "", data: "{}", headers: {}, config });
      },
    },
  });
  const session = client.session({ accessToken: "at" });
  await session.get("/oauth2/v3/userinfo");
  await session.get("https://gmail.googleapis.com/gmail/v1/users/me/profile");
  for (const url of ["https://googleapis.com.evil.example/", "https://accounts.google.com/"]) {
    await expect(session.get(url)).rejects.toMatchObject({ code: "ORIGIN_NOT_ALLOWED" });
  }
  expect(sent).toEqual([
    "https://www.googleapis.com/oauth2/v3/userinfo",
    "https://gmail.googleapis.com/gmail/v1/users/me/profile",
  ]);
});

it("lists the problems of all options in one error", () => {
  try {
    throw new GoogleClient({
      endpoints: { token: "http://x.example" },
      prompt: "none",
      redirectUri: "",
    } as never);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).problems.map((text) => text.split(" ")[0])).toEqual([
      "endpoints.token",
      "prompt",
      "clientId",
      "redirectUri",
    ]);
  }
});

it("lists what is missing when it is called without options", () => {
  const nothing = undefined as unknown as GoogleClientOptions;
  expect(() => new GoogleClient(nothing)).toThrow(/clientId is missing/);
});

import { expect, it } from "@jest/globals";
import { GoogleClient, hasScope } from "@grantkit/provider-google";
import { GoogleByAdapter, GoogleKeys } from "./support/google-by-adapter.ts";

const NOW = Date.UTC(2026, 10, 21);
const WEB = "1234-web.apps.googleusercontent.com";

it("exchanges the code of a popup with the redirect URI postmessage, and verifies its ID token", async () => {
  const keys = new GoogleKeys();
  const claims = {
    iss: "https://accounts.google.com",
    azp: WEB,
    aud: WEB,
    sub: "314",
    iat: NOW / 1000,
    exp: NOW / 1000 + 3600,
  };
  const google = new GoogleByAdapter({
    "https://oauth2.googleapis.com/token": () => ({
      body: {
        access_token: "ya29.a0",
        expires_in: 3599,
        scope: "https://www.googleapis.com/auth/userinfo.email openid",
        token_type: "Bearer",
        id_token: keys.sign(claims),
      },
    }),
    "https://www.googleapis.com/oauth2/v3/certs": () => ({ body: keys.jwks }),
  });
  const client = new GoogleClient({
    clientId: WEB,
    clientSecret: "GOCSPX-secret",
    http: google.http,
    clock: { now: () => NOW, after: () => () => undefined },
  });
  const token = await client.fetchTokenByCode("4/0Ab_code", { redirectUri: "postmessage" });
  expect(Object.fromEntries(new URLSearchParams(google.requests[0]?.body))).toEqual({
    grant_type: "authorization_code",
    code: "4/0Ab_code",
    redirect_uri: "postmessage",
    client_id: WEB,
    client_secret: "GOCSPX-secret",
  });
  expect(token.claims?.sub).toBe("314");
  expect(hasScope(token, ["openid", "email"])).toBe(true);
});

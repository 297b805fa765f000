// Google's own Node client as the judge of what the emulator serves.
import { expect, it } from "@jest/globals";
import { JWT, OAuth2Client } from "google-auth-library";
import { startGoogle } from "../../src/index.ts";
import type { GoogleEmulator } from "../../src/index.ts";
import { closedAfterEach } from "../support/running.ts";
import { CALLBACK, get, parameter } from "../support/wire.ts";

const running = closedAfterEach();

function clientOf(google: GoogleEmulator): OAuth2Client {
  const { clientId, clientSecret, endpoints, origin } = google;
  return new OAuth2Client({
    clientId,
    clientSecret,
    redirectUri: CALLBACK,
    issuers: [endpoints.issuer],
    endpoints: {
      oauth2AuthBaseUrl: endpoints.authorization,
      oauth2TokenUrl: endpoints.token,
      oauth2RevokeUrl: endpoints.revocation,
      oauth2FederatedSignonPemCertsUrl: `${origin}/oauth2/v1/certs`,
    },
  });
}

async function signIn(google: GoogleEmulator, client: OAuth2Client) {
  const url = client.generateAuthUrl({ scope: ["openid", "email"], access_type: "offline" });
  const code = parameter(await google.authorize(url), "code") ?? "";
  const { tokens } = await client.getToken(code);
  client.setCredentials(tokens);
  return { idToken: tokens.id_token ?? "", accessToken: tokens.access_token ?? "" };
}

it("lets Google's client verify an ID token, which it does with the certificates in PEM", async () => {
  const google = await running(startGoogle());
  const client = clientOf(google);
  const { idToken } = await signIn(google, client);
  const ticket = await client.verifyIdToken({ idToken, audience: google.clientId });
  expect(ticket.getUserId()).toBe(google.users[0]?.sub);
  google.configure({ idToken: "forged-signature" });
  const forged = await signIn(google, client);
  await expect(
    client.verifyIdToken({ idToken: forged.idToken, audience: google.clientId }),
  ).rejects.toThrow(/signature/);
});

it("lets Google's client revoke its tokens", async () => {
  const google = await running(startGoogle());
  const client = clientOf(google);
  const { accessToken } = await signIn(google, client);
  await client.revokeCredentials();
  expect(google.requests.at(-1)).toMatchObject({ method: "POST", path: "/revoke", rawBody: "" });
  expect((await get(google.endpoints.userInfo, accessToken)).status).toBe(401);
});

it("lets Google's client verify a credential of Sign in with Google", async () => {
  const google = await running(startGoogle());
  const client = clientOf(google);
  const idToken = await google.createCredential({ user: "grace@navy.example" });
  const ticket = await client.verifyIdToken({ idToken, audience: google.clientId });
  expect(ticket.getPayload()).toMatchObject({ hd: "navy.example", email_verified: true });
});

it("gives Google's client an ID token for another service, and accepts its self-signed JWTs", async () => {
  const google = await running(startGoogle());
  const { client_email: email, private_key: key } = await google.createServiceAccount();
  const account = new JWT({ email, key });
  divert(account, google);
  const idToken = await account.fetchIdToken("https://service.run.app");
  const ticket = await clientOf(google).verifyIdToken({
    idToken,
    audience: "https://service.run.app",
  });
  expect(ticket.getPayload()).toMatchObject({ email, email_verified: true });
  google.clearRequests();
  const headers = await account.getRequestHeaders("https://calendar.googleapis.com/");
  const token = headers.get("authorization")?.replace("Bearer ", "") ?? "";
  expect(google.requests).toEqual([]);
  const url = `${google.endpoints.api}/calendar/v3/users/me/calendarList`;
  expect((await get(url, token)).status).toBe(200);
});

/** Sends the token requests of a service account to the emulator: its token endpoint is as fixed as the audience. */
function divert(account: JWT, google: GoogleEmulator): void {
  account.transporter.interceptors.request.add({
    resolved: (request) => {
      request.url = new URL(google.endpoints.token);
      return Promise.resolve(request);
    },
  });
}

it("gives a token to a service account of Google's client, whose audience is fixed", async () => {
  const google = await running(startGoogle());
  const { client_email: email, private_key: key } = await google.createServiceAccount();
  const account = new JWT({ email, key, scopes: ["https://www.googleapis.com/auth/calendar"] });
  divert(account, google);
  const { access_token: token } = await account.authorize();
  expect(google.requests.at(-1)).toMatchObject({ path: "/token", status: 200 });
  const url = `${google.endpoints.api}/calendar/v3/users/me/calendarList`;
  expect((await get(url, String(token))).status).toBe(200);
});

import { expect, it } from "@jest/globals";
import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import type { JSONWebKeySet } from "jose";
import { startGoogle } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { startReceiver } from "../support/receiver.ts";
import type { ReceivedRequest } from "../support/receiver.ts";
import { closedAfterEach } from "../support/running.ts";
import { askToken, json } from "../support/wire.ts";

const running = closedAfterEach();
const clock = testClock();

interface ReceivedForm {
  readonly cookie: string | undefined;
  readonly fields: Record<string, string>;
}

const readForm = ({ headers, body }: ReceivedRequest): ReceivedForm => ({
  cookie: headers.cookie,
  fields: Object.fromEntries(new URLSearchParams(body)),
});

it("creates the credentials of Sign in with Google, for web clients and those of apps", async () => {
  const google = await running(startGoogle({ now: clock.now }));
  const credential = await google.createCredential({ user: "grace@navy.example", nonce: "n-1" });
  const keys = createLocalJWKSet(await json<JSONWebKeySet>(fetch(google.endpoints.jwks)));
  const { payload } = await jwtVerify(credential, keys, { currentDate: new Date(clock.now()) });
  const iat = clock.now() / 1000;
  expect(payload).toEqual({
    iss: google.endpoints.issuer,
    azp: google.clientId,
    aud: google.clientId,
    sub: "110000000000000000002",
    hd: "navy.example",
    email: "grace@navy.example",
    email_verified: true,
    nbf: iat - 300,
    name: "Grace Hopper",
    picture: expect.any(String),
    given_name: "Grace",
    family_name: "Hopper",
    nonce: "n-1",
    iat,
    exp: iat + 3600,
    jti: expect.any(String),
  });
  const fromApp = decodeJwt(
    await google.createCredential({ authorizedParty: "android.apps.googleusercontent.com" }),
  );
  expect(fromApp).toMatchObject({
    aud: google.clientId,
    azp: "android.apps.googleusercontent.com",
    sub: "110000000000000000001",
  });
  expect(fromApp).not.toHaveProperty("hd");
  google.configure({ idToken: "wrong-audience" });
  expect(decodeJwt(await google.createCredential()).aud).toBe("another-client");
  await expect(google.createCredential({ user: "nobody" })).rejects.toThrow(/no user "nobody"/);
});

it("posts a credential to the login URI, with the cookie that the form repeats", async () => {
  const google = await running(startGoogle({ now: clock.now }));
  const { url, received } = await running(startReceiver());
  const response = await google.postCredential(url, { user: "grace@navy.example", state: "s" });
  expect([response.status, response.headers.get("location")]).toEqual([303, "/home"]);
  expect(received[0]?.headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/);
  const [{ cookie, fields }] = received.map(readForm) as [ReceivedForm];
  expect(fields).toEqual({
    credential: expect.stringMatching(/^ey[\w-]+\.[\w-]+\.[\w-]+$/),
    g_csrf_token: expect.stringMatching(/^[0-9a-f]{16}$/),
    client_id: google.clientId,
    select_by: "btn",
    state: "s",
  });
  expect(cookie).toBe(`g_csrf_token=${fields["g_csrf_token"]}`);
});

it("posts a credential as an attacker would: with another cookie, none, or no field", async () => {
  const google = await running(startGoogle());
  const { url, received } = await running(startReceiver());
  for (const csrf of ["different", "no-cookie", "no-field"] as const) {
    await google.postCredential(url, { csrf });
  }
  const [different, noCookie, noField] = received.map(readForm) as [
    ReceivedForm,
    ReceivedForm,
    ReceivedForm,
  ];
  expect(different.cookie).toMatch(/^g_csrf_token=/);
  expect(different.cookie).not.toBe(`g_csrf_token=${different.fields["g_csrf_token"]}`);
  expect(noCookie.cookie).toBeUndefined();
  expect(noCookie.fields).toHaveProperty("g_csrf_token");
  expect(noField.cookie).toMatch(/^g_csrf_token=/);
  expect(noField.fields).not.toHaveProperty("g_csrf_token");
});

it("posts credentials to this machine only", async () => {
  const google = await running(startGoogle());
  await expect(google.postCredential("https://login.example/cb")).rejects.toThrow(/this machine/);
});

it("issues popup codes, which are exchanged with the redirect URI postmessage", async () => {
  const google = await running(startGoogle());
  const code = google.createPopupCode({ user: "grace@navy.example", scope: "openid email" });
  const form = { grant_type: "authorization_code", code };
  const other = askToken(google, { ...form, redirect_uri: "http://localhost:3000/callback" });
  expect(await json(other)).toHaveProperty("error", "redirect_uri_mismatch");
  const tokens = await json(askToken(google, { ...form, redirect_uri: "postmessage" }));
  expect(tokens).toMatchObject({ access_token: expect.any(String), token_type: "Bearer" });
  expect(tokens).toHaveProperty("refresh_token");
  expect(decodeJwt(String(tokens["id_token"]))["email"]).toBe("grace@navy.example");
  const again = google.createPopupCode({ user: "grace@navy.example", scope: "openid email" });
  const form2 = { ...form, code: again, redirect_uri: "postmessage" };
  expect(await json(askToken(google, form2))).not.toHaveProperty("refresh_token");
});

import { inspect } from "node:util";
import { afterEach, expect, it } from "@jest/globals";
import { FacebookClient, type FacebookClientOptions } from "@grantkit/provider-facebook";
import { hostKey, signedJwt, startKeyHosts } from "./support/key-hosts.ts";

const NOW = Date.UTC(2026, 10, 21);
const APP = "100000000000001";
const WWW = hostKey("www-1");
const LIMITED = hostKey("limited-1");
const STRANGER = hostKey("www-1");

// The claims of https://developers.facebook.com/docs/facebook-login/limited-login/token
const CLAIMS = {
  iss: "https://www.facebook.com",
  aud: APP,
  sub: "10223344556677881",
  iat: NOW / 1000,
  exp: NOW / 1000 + 3600,
  jti: "jti-1",
  nonce: "nonce-1",
  name: "Ada Lovelace",
  given_name: "Ada",
  family_name: "Lovelace",
  email: "ada@example.com",
  picture: "https://platform-lookaside.fbsbx.com/ada",
  user_link: "https://www.facebook.com/ada",
};

let hosts: Awaited<ReturnType<typeof startKeyHosts>> | undefined;
afterEach(async () => {
  await hosts?.close();
  hosts = undefined;
});

async function clientOf(
  keys: Parameters<typeof startKeyHosts>[0] = { "/limited": [LIMITED], "/www": [WWW] },
): Promise<FacebookClient> {
  hosts = await startKeyHosts(keys);
  const { origin } = hosts;
  return clientWith({ limitedLogin: { keys: [`${origin}/limited`, `${origin}/www`] } });
}

function clientWith(options: Partial<FacebookClientOptions> = {}): FacebookClient {
  return new FacebookClient({
    clientId: APP,
    retries: false,
    clock: { now: () => NOW, after: () => () => undefined },
    ...options,
  });
}

it.each([
  ["https://www.facebook.com", WWW],
  ["https://www.facebook.com", LIMITED],
  ["https://limited.facebook.com", WWW],
  ["https://limited.facebook.com", LIMITED],
])("accepts the issuer %s with a key of either host", async (iss, key) => {
  const client = await clientOf();
  const idToken = signedJwt(key, { ...CLAIMS, iss });
  const { claims, profile } = await client.verifyLimitedLogin(idToken, { nonce: "nonce-1" });
  expect(claims).toMatchObject({ iss, sub: CLAIMS.sub });
  expect(profile).toMatchObject({
    id: CLAIMS.sub,
    email: "ada@example.com",
    emailVerified: undefined,
    name: "Ada Lovelace",
    givenName: "Ada",
    familyName: "Lovelace",
    picture: CLAIMS.picture,
    profileUrl: "https://www.facebook.com/ada",
  });
});

it("keeps the keys, and asks the second host only for what the first does not have", async () => {
  const client = await clientOf();
  const idToken = signedJwt(LIMITED, CLAIMS);
  await client.verifyLimitedLogin(idToken);
  await client.verifyLimitedLogin(idToken);
  expect(hosts?.asked).toEqual(["/limited"]);
});

it("takes the keys of the second host while the first has trouble", async () => {
  const client = await clientOf({ "/limited": undefined, "/www": [WWW] });
  await expect(client.verifyLimitedLogin(signedJwt(WWW, CLAIMS))).resolves.toBeDefined();
});

it.each<[string, string, string]>([
  ["a strange signature", signedJwt(STRANGER, CLAIMS), "signature"],
  ["another app", signedJwt(WWW, { ...CLAIMS, aud: "999" }), "aud"],
  ["another issuer", signedJwt(WWW, { ...CLAIMS, iss: "https://evil.example" }), "iss"],
  ["no issuer", signedJwt(WWW, { ...CLAIMS, iss: undefined }), "iss"],
  ["another nonce", signedJwt(WWW, { ...CLAIMS, nonce: "nonce-2" }), "nonce"],
  ["no nonce", signedJwt(WWW, { ...CLAIMS, nonce: undefined }), "nonce"],
  ["an end in the past", signedJwt(WWW, { ...CLAIMS, exp: NOW / 1000 - 600 }), "exp"],
  ["another algorithm", signedJwt(WWW, CLAIMS, "HS256"), "alg"],
  ["an access token in its place", "EAAabcdefghijk", "jwt"],
  ["an empty text", "", "jwt"],
])("refuses %s, and names what failed", async (_what, idToken, claim) => {
  const client = await clientOf();
  const thrown: unknown = await client
    .verifyLimitedLogin(idToken, { nonce: "nonce-1" })
    .catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim } });
  if (idToken !== "") expect(inspect(thrown, { depth: 9 })).not.toContain(idToken);
});

it("believes the first host that has the key, and asks no other", async () => {
  const client = await clientOf();
  const idToken = signedJwt(LIMITED, { ...CLAIMS, exp: NOW / 1000 - 600 });
  await expect(client.verifyLimitedLogin(idToken)).rejects.toMatchObject({
    code: "ID_TOKEN_INVALID",
    details: { claim: "exp" },
  });
  expect(hosts?.asked).toEqual(["/limited"]);
});

it("refuses a key that neither host has", async () => {
  const client = await clientOf();
  const idToken = signedJwt(hostKey("made-up"), CLAIMS);
  await expect(client.verifyLimitedLogin(idToken)).rejects.toMatchObject({
    code: "KEY_SELECTION_FAILED",
  });
});

it("says that the keys are missing where the host that may have the key has trouble", async () => {
  const client = await clientOf({ "/limited": undefined, "/www": [WWW] });
  await expect(client.verifyLimitedLogin(signedJwt(LIMITED, CLAIMS))).rejects.toMatchObject({
    code: "KEY_SET_UNAVAILABLE",
    retryable: true,
  });
});

it("asks limited.facebook.com, then www.facebook.com", async () => {
  const asked: (string | undefined)[] = [];
  const client = clientWith({
    http: {
      adapter: (config) => {
        asked.push(config.url);
        return Promise.reject(new Error("offline"));
      },
    },
  });
  await expect(client.verifyLimitedLogin(signedJwt(WWW, CLAIMS))).rejects.toMatchObject({
    code: "KEY_SET_UNAVAILABLE",
  });
  expect(asked).toEqual([
    "https://limited.facebook.com/.well-known/oauth/openid/jwks/",
    "https://www.facebook.com/.well-known/oauth/openid/jwks/",
  ]);
});

it("takes the issuer and the keys of an emulator by itself", async () => {
  hosts = await startKeyHosts({ "/www": [WWW] });
  const { origin } = hosts;
  const endpoints = {
    authorization: `${origin}/dialog`,
    token: `${origin}/token`,
    api: origin,
    issuer: origin,
    jwks: `${origin}/www`,
  };
  const client = clientWith({ endpoints });
  const idToken = signedJwt(WWW, { ...CLAIMS, iss: origin });
  expect((await client.verifyLimitedLogin(idToken)).profile.id).toBe(CLAIMS.sub);
});

it.each([
  { issuers: [] },
  { keys: "x" },
  { keys: ["x"] },
  { hosts: ["https://a.example"] },
  null,
  7,
])("refuses the option limitedLogin as %j", (limitedLogin) =>
  expect(() => clientWith({ limitedLogin: limitedLogin as never })).toThrow("limitedLogin"),
);

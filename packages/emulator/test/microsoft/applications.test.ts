import { expect, it } from "@jest/globals";
import { createHash, X509Certificate } from "node:crypto";
import { decodeJwt, importPKCS8, SignJWT } from "jose";
import { startMicrosoft } from "../../src/index.ts";
import type { MicrosoftEmulator, MicrosoftOptions } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { askToken, authorizationUrl, exchange, get, json, post } from "../support/wire.ts";

const running = closedAfterEach();
const clock = testClock();
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const inHomeTenant = async (options: MicrosoftOptions = {}): Promise<MicrosoftEmulator> => {
  const microsoft = await running(startMicrosoft({ now: clock.now, ...options }));
  return { ...microsoft, endpoints: microsoft.tenantEndpoints(microsoft.tenantId) };
};

const forItself = {
  grant_type: "client_credentials",
  scope: "https://graph.microsoft.com/.default",
};

it("gives the application itself a token of one tenant and one API", async () => {
  const microsoft = await inHomeTenant();
  const reply = await json(askToken(microsoft, forItself));
  expect(reply).toEqual({
    token_type: "Bearer",
    expires_in: 4799,
    ext_expires_in: 4799,
    access_token: expect.any(String),
  });
  const me = await get(`${microsoft.endpoints.api}/me`, String(reply["access_token"]));
  expect(me.status).toBe(400);
  const scope = "https://graph.microsoft.com/User.Read";
  expect((await json(askToken(microsoft, { ...forItself, scope })))["error_codes"]).toEqual([
    1002012,
  ]);
  const common = { ...microsoft, endpoints: microsoft.tenantEndpoints("common") };
  expect((await json(askToken(common, forItself)))["error_codes"]).toEqual([50059]);
});

it("authenticates the application by a secret, and public ones by none", async () => {
  const microsoft = await inHomeTenant();
  const codes = async (credentials: Record<string, string | undefined>): Promise<unknown> => {
    const reply = await askToken(microsoft, { ...forItself, ...credentials });
    return [reply.status, (await json(reply))["error_codes"]];
  };
  expect(await codes({ client_secret: "wrong" })).toEqual([401, [7000215]]);
  expect(await codes({ client_secret: undefined })).toEqual([401, [7000218]]);
  expect(await codes({ client_id: "unknown" })).toEqual([400, [700016]]);
  microsoft.configure({ clientType: "public" });
  expect(await codes({})).toEqual([401, [700025]]);
});

it("says in an access token how the application proved what it is", async () => {
  const microsoft = await inHomeTenant();
  const levelOf = (reply: Record<string, unknown>): unknown =>
    decodeJwt(String(reply["access_token"]))["azpacr"];
  expect(levelOf(await json(askToken(microsoft, forItself)))).toBe("1");
  const credentials = {
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await microsoft.createFederatedToken(),
  };
  const form = { ...forItself, client_id: microsoft.clientId, ...credentials };
  expect(levelOf(await json(post(microsoft.endpoints.token, form)))).toBe("2");
  microsoft.configure({ clientType: "public" });
  const callback = await microsoft.authorize(authorizationUrl(microsoft, { scope: "User.Read" }));
  const exchanged = exchange(microsoft, callback, { client_secret: undefined });
  expect(levelOf(await json(exchanged))).toBe("0");
});

it("authenticates the application by an assertion of a registered certificate", async () => {
  const microsoft = await inHomeTenant();
  const { certificate, privateKey, thumbprintSha256 } = await microsoft.createCertificate();
  const { raw } = new X509Certificate(certificate);
  expect(createHash("sha256").update(raw).digest("base64url")).toBe(thumbprintSha256);
  const key = await importPKCS8(privateKey, "PS256");
  const now = clock.now() / 1000;
  const ask = async (claims: object = {}, thumbprint = thumbprintSha256): Promise<unknown> => {
    const { clientId, endpoints } = microsoft;
    const all = { iss: clientId, sub: clientId, aud: endpoints.token, iat: now, exp: now + 300 };
    const assertion = await new SignJWT({ ...all, jti: "1", ...claims })
      .setProtectedHeader({ alg: "PS256", typ: "JWT", "x5t#S256": thumbprint })
      .sign(key);
    const credentials = { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
    const form = { ...forItself, client_id: clientId, ...credentials };
    return (await json(post(endpoints.token, form)))["error_codes"] ?? "accepted";
  };
  expect(await ask()).toBe("accepted");
  expect(await ask({}, "another")).toEqual([700027]);
  const other = await microsoft.createCertificate();
  expect(await ask({}, other.thumbprintSha256)).toEqual([700027]);
  expect(await ask({ nbf: now + 299 })).toBe("accepted");
  expect(await ask({ nbf: now + 301 })).toEqual([700024]);
  expect(await ask({ exp: now - 301 })).toEqual([700024]);
  expect(await ask({ sub: "another" })).toEqual([700021]);
  expect(await ask({ aud: "https://a.example" })).toEqual([700023]);
});

it("authenticates the application by a token of an identity provider that it trusts", async () => {
  const microsoft = await inHomeTenant();
  const ask = async (assertion: string): Promise<unknown> => {
    const credentials = { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
    const form = { ...forItself, client_id: microsoft.clientId, ...credentials };
    return (await json(post(microsoft.endpoints.token, form)))["error_codes"] ?? "accepted";
  };
  expect(await ask(await microsoft.createFederatedToken())).toBe("accepted");
  expect(await ask(await microsoft.createFederatedToken({ subject: "x" }))).toEqual([700213]);
  expect(await ask(await microsoft.createFederatedToken({ audience: "x" }))).toEqual([700212]);
  const identityToken = async (resource: string): Promise<string> => {
    const url = `${microsoft.origin}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${resource}`;
    return String((await json(fetch(url, { headers: { metadata: "true" } })))["access_token"]);
  };
  expect(await ask(await identityToken("api://AzureADTokenExchange"))).toBe("accepted");
  expect(await ask(await identityToken("https://vault.azure.net"))).toEqual([700212]);
});

it("exchanges a token of its own API on behalf of the user, and no other token", async () => {
  const microsoft = await inHomeTenant();
  const userToken = async (scope: string): Promise<string> => {
    const callback = await microsoft.authorize(authorizationUrl(microsoft, { scope }));
    return String((await json(exchange(microsoft, callback)))["access_token"]);
  };
  const exchangeFor = (assertion: string): Promise<Record<string, unknown>> =>
    json(
      askToken(microsoft, {
        grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
        requested_token_use: "on_behalf_of",
        assertion,
        scope: "User.Read",
      }),
    );
  const reply = await exchangeFor(await userToken(`api://${microsoft.clientId}/access_as_user`));
  const me = await json(get(`${microsoft.endpoints.api}/me`, String(reply["access_token"])));
  expect(me).toHaveProperty("displayName", "Ada Lovelace");
  expect((await exchangeFor(await userToken("User.Read")))["error_codes"]).toEqual([500131]);
  expect((await exchangeFor("garbage"))["error_codes"]).toEqual([50013]);
});

it("signs a device in, which polls without credentials", async () => {
  const microsoft = await inHomeTenant();
  const { clientId, endpoints } = microsoft;
  const start = (): Promise<Record<string, unknown>> =>
    json(post(endpoints.deviceAuthorization, { client_id: clientId, scope: "openid User.Read" }));
  const device = await start();
  expect(device).toMatchObject({
    user_code: expect.stringMatching(/^[A-Z0-9]{9}$/),
    verification_uri: expect.any(String),
    expires_in: 900,
    interval: 5,
    message: expect.stringContaining(String(device["user_code"])),
  });
  const poll = async (code: unknown): Promise<Record<string, unknown>> => {
    const grant = "urn:ietf:params:oauth:grant-type:device_code";
    const form = { grant_type: grant, client_id: clientId, device_code: String(code) };
    return json(post(endpoints.token, form));
  };
  expect(await poll(device["device_code"])).toMatchObject({ error: "authorization_pending" });
  expect(await poll(device["device_code"])).toMatchObject({ error: "authorization_pending" });
  await microsoft.approveDevice(String(device["user_code"]), { user: "Grace Hopper" });
  expect(await poll(device["device_code"])).toMatchObject({ id_token: expect.any(String) });
  const declined = await start();
  await microsoft.approveDevice(String(declined["user_code"]), { deny: true });
  expect(await poll(declined["device_code"])).toMatchObject({ error: "authorization_declined" });
  expect(await poll("unknown")).toMatchObject({ error: "bad_verification_code" });
  const late = await start();
  clock.pass(901);
  expect(await poll(late["device_code"])).toMatchObject({ error: "expired_token" });
});

it("keeps the tokens of a managed identity past their end, except on a machine that bypasses the cache", async () => {
  const microsoft = await running(startMicrosoft({ now: clock.now, identityCache: "stale" }));
  const ask = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
    const headers = { metadata: "true", "x-identity-header": microsoft.identityHeader };
    const url = `${microsoft.origin}${path}&resource=https%3A%2F%2Fvault.azure.net`;
    return json(fetch(url, { headers }));
  };
  const machine = "/metadata/identity/oauth2/token?api-version=2018-02-01";
  const service = "/msi/token?api-version=2019-08-01";
  const first = await ask(machine);
  clock.pass(4800);
  expect(await ask(machine)).toEqual(first);
  expect(await ask(`${service}&bypass_cache=true`)).toEqual(first);
  expect(await ask(`${machine}&bypass_cache=1`)).toHaveProperty("error");
  const second = await ask(`${machine}&bypass_cache=true`);
  expect(second["access_token"]).not.toBe(first["access_token"]);
  expect(second["expires_on"]).toBe(String(clock.now() / 1000 + 4799));
});

it("issues tokens of a managed identity, with numbers as strings", async () => {
  const microsoft = await running(startMicrosoft({ now: clock.now }));
  const ask = (path: string, headers: Record<string, string>): Promise<Response> =>
    fetch(`${microsoft.origin}${path}&resource=https%3A%2F%2Fvault.azure.net`, { headers });
  const machine = "/metadata/identity/oauth2/token?api-version=2018-02-01";
  expect((await ask(machine, {})).status).toBe(400);
  expect(await json(ask(machine, { metadata: "true" }))).toMatchObject({
    access_token: expect.any(String),
    expires_in: "4799",
    expires_on: String(clock.now() / 1000 + 4799),
    resource: "https://vault.azure.net",
    token_type: "Bearer",
  });
  const service = "/msi/token?api-version=2019-08-01";
  expect((await ask(service, {})).status).toBe(401);
  const headers = { "x-identity-header": microsoft.identityHeader };
  expect((await ask(service, headers)).status).toBe(200);
  expect((await ask(`${service}&client_id=other`, headers)).status).toBe(400);
});

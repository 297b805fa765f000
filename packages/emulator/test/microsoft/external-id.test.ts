import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { createLocalJWKSet, jwtVerify } from "jose";
import type { JSONWebKeySet } from "jose";
import { startMicrosoft } from "../../src/index.ts";
import type { MicrosoftEmulator } from "../../src/index.ts";
import {
  askToken,
  authorizationUrl,
  exchange,
  get,
  json,
  parameter,
  post,
} from "../support/wire.ts";

let microsoft: MicrosoftEmulator;
beforeAll(async () => {
  microsoft = await startMicrosoft();
});
afterAll(() => microsoft.close());

const external = () => ({
  ...microsoft,
  endpoints: microsoft.tenantEndpoints(microsoft.externalTenantId),
});

const SCOPE = "openid profile email offline_access User.Read";

it("signs every user in as a customer of the tenant, with its own issuer", async () => {
  const { origin, externalTenantId } = microsoft;
  const issuer = `${origin}/${externalTenantId}/v2.0`;
  expect(await json(fetch(`${issuer}/.well-known/openid-configuration`))).toMatchObject({
    issuer,
    token_endpoint: `${origin}/${externalTenantId}/oauth2/v2.0/token`,
    userinfo_endpoint: expect.any(String),
  });
  const keys = createLocalJWKSet(await json<JSONWebKeySet>(fetch(external().endpoints.jwks)));
  for (const user of ["Ada Lovelace", "Grace Hopper", "Mallory"]) {
    const url = authorizationUrl(external(), { scope: SCOPE });
    const tokens = await json(exchange(external(), await microsoft.authorize(url, { user })));
    const { payload } = await jwtVerify(String(tokens["id_token"]), keys, { issuer });
    expect(payload).toMatchObject({ tid: externalTenantId, name: user, ver: "2.0" });
  }
});

it("keeps the tenant on refresh, and serves Graph", async () => {
  const url = authorizationUrl(external(), { scope: SCOPE });
  const first = await json(exchange(external(), await microsoft.authorize(url)));
  const refresh = { grant_type: "refresh_token", refresh_token: String(first["refresh_token"]) };
  const second = await json(askToken(external(), refresh));
  const keys = createLocalJWKSet(await json<JSONWebKeySet>(fetch(external().endpoints.jwks)));
  const { payload } = await jwtVerify(String(second["id_token"]), keys);
  expect(payload["tid"]).toBe(microsoft.externalTenantId);
  const me = await get(`${microsoft.endpoints.api}/me`, String(second["access_token"]));
  expect(me.status).toBe(200);
});

it("does not exchange its codes at other tenants, and signs in silently", async () => {
  const url = authorizationUrl(external(), { scope: SCOPE });
  const callback = await microsoft.authorize(url);
  const elsewhere = { ...microsoft, endpoints: microsoft.tenantEndpoints(microsoft.tenantId) };
  const refused = await json(exchange(elsewhere, callback));
  expect(refused["error_codes"]).toEqual([700005]);
  const silent = await microsoft.authorize(`${url}&prompt=none`);
  expect(parameter(silent, "code")).toEqual(expect.any(String));
});

it("signs a device in", async () => {
  const { deviceAuthorization, token } = external().endpoints;
  const { clientId } = microsoft;
  const device = await json(post(deviceAuthorization, { client_id: clientId, scope: SCOPE }));
  await microsoft.approveDevice(String(device["user_code"]));
  const tokens = await json(
    post(token, {
      client_id: clientId,
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: String(device["device_code"]),
    }),
  );
  const keys = createLocalJWKSet(await json<JSONWebKeySet>(fetch(external().endpoints.jwks)));
  const { payload } = await jwtVerify(String(tokens["id_token"]), keys);
  expect(payload["tid"]).toBe(microsoft.externalTenantId);
});

import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import {
  FacebookClient,
  type FacebookClientOptions,
  type Token,
} from "@grantkit/provider-facebook";
import { rejectionOf } from "../../core/test/support/canaries.ts";

const DAYS = 86_400_000;
const now = Date.UTC(2026, 10, 21);

let emulator: FacebookEmulator;
let client: FacebookClient;
let token: Token;

beforeAll(async () => {
  emulator = await startFacebook({
    now: () => now,
    loginConfigurations: {
      "1": { permissions: ["ads_read"], systemUser: "never-expires" },
      "2": { permissions: ["ads_read"], systemUser: "60-days" },
      "3": ["ads_read"],
    },
  });
  client = clientWith();
  token = await signIn("1");
});
beforeEach(() => emulator.clearRequests());
afterAll(() => emulator.close());

function clientWith(options: Partial<FacebookClientOptions> = {}): FacebookClient {
  const { clientId, clientSecret, endpoints } = emulator;
  return new FacebookClient({
    clientId,
    clientSecret,
    endpoints,
    redirectUri: "http://127.0.0.1:8080/callback",
    retries: false,
    clock: { now: () => now, after: () => () => undefined },
    ...options,
  });
}

async function signIn(configId: string): Promise<Token> {
  const request = await client.authorizationRequest({ configId });
  return client.fetchToken(await emulator.authorize(request.url), request);
}

it("signs a system user in, whose token does not expire, or after 60 days", async () => {
  expect(token.expiresAt).toBeUndefined();
  const found = await client.debugToken(token);
  expect(found).toMatchObject({ type: "SYSTEM_USER", isValid: true, expiresAt: undefined });
  expect(found.scope).toContain("ads_read");
  const expiring = await signIn("2");
  expect(expiring.expiresAt?.getTime()).toBe(now + 60 * DAYS);
  const expiringFound = await client.debugToken(expiring);
  expect(expiringFound.expiresAt?.getTime()).toBe(now + 60 * DAYS);
});

it("accepts a system user's token as no user's", async () => {
  const error = await rejectionOf(client.verifyAccessToken(token.accessToken));
  expect(error).toMatchObject({ code: "TOKEN_REJECTED", details: { check: "type" } });
});

it("names the client business, and throws for a token that has none", async () => {
  expect(await client.fetchClientBusinessId(token)).toMatch(/^\d+$/);
  const error = await rejectionOf(client.fetchClientBusinessId(await signIn("3")));
  expect(error).toMatchObject({ code: "API_REQUEST_FAILED" });
});

it("fetches another token of the system user, with the proof of the app secret", async () => {
  const another = await client.fetchSystemUserToken(token, {
    scope: ["ads_read"],
    expiresIn60Days: true,
  });
  expect(another.accessToken).not.toBe(token.accessToken);
  expect(another.scope).toEqual(["ads_read"]);
  const [asked, sent] = emulator.requests;
  expect(asked?.url).toContain("fields=client_business_id");
  expect(sent?.body).toEqual({ scope: "ads_read", set_token_expires_in_60_days: "true" });
  const found = await client.debugToken(another);
  expect(found.type).toBe("SYSTEM_USER");
  expect(found.expiresAt?.getTime()).toBe(now + 60 * DAYS);
});

it.each([true, "timed"] as const)(
  "fetches the token that exists, also with appSecretProof: %j",
  async (appSecretProof) => {
    const businessId = await client.fetchClientBusinessId(token);
    emulator.clearRequests();
    const proving = clientWith({ appSecretProof });
    const existing = await proving.fetchSystemUserToken(token, { businessId, fetchOnly: true });
    expect(existing.accessToken).toBe(token.accessToken);
    expect(existing.expiresAt).toBeUndefined();
    expect(emulator.requests).toHaveLength(1);
    expect(emulator.requests[0]?.url.match(/appsecret_proof=/g)).toHaveLength(1);
  },
);

it("reads the end of a token, where Facebook names it", async () => {
  emulator.failNext({
    path: "/v26.0/7/system_user_access_tokens",
    status: 200,
    body: { access_token: "EAAnew", expires_in: 5_184_000 },
  });
  const fetched = await client.fetchSystemUserToken(token, { businessId: "7" });
  expect(fetched.expiresAt?.getTime()).toBe(now + 60 * DAYS);
});

it("throws for a user's token, another business and an answer without a token", async () => {
  const businessId = await client.fetchClientBusinessId(token);
  const refusals = [
    client.fetchSystemUserToken(await signIn("3"), { businessId }),
    client.fetchSystemUserToken(token, { businessId: "7" }),
  ];
  for (const refusal of refusals) {
    expect(await rejectionOf(refusal)).toMatchObject({ code: "API_REQUEST_FAILED" });
  }
  emulator.failNext({
    path: `/v26.0/${businessId}/system_user_access_tokens`,
    status: 200,
    body: {},
  });
  const unusable = await rejectionOf(client.fetchSystemUserToken(token, { businessId }));
  expect(unusable).toMatchObject({ code: "API_REQUEST_FAILED" });
  expect(String(unusable)).toContain("something else");
});

it.each<[object, string]>([
  [{ businessId: "../me" }, "businessId must be the ID"],
  [{ scope: ["ads read"] }, "be a permission"],
  [{ fetchOnly: "yes" }, "fetchOnly must"],
  [{ expires: true }, "expires"],
])("sends nothing for %j", async (options, problem) => {
  const error = await rejectionOf(client.fetchSystemUserToken(token, options));
  expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
  expect(String(error)).toContain(problem);
  expect(emulator.requests).toHaveLength(0);
});

it("sends nothing without the app secret", async () => {
  const { clientId, endpoints } = emulator;
  const error = await rejectionOf(
    new FacebookClient({ clientId, endpoints }).fetchSystemUserToken(token),
  );
  expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
  expect(String(error)).toContain("clientSecret is missing");
  expect(emulator.requests).toHaveLength(0);
});

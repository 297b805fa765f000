import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import {
  FacebookClient,
  type FacebookClientOptions,
  type Token,
} from "@grantkit/provider-facebook";
import { polluted } from "../../core/test/support/prototype-traps.ts";

let now = Date.UTC(2026, 10, 21);
let emulator: FacebookEmulator;

beforeAll(async () => {
  emulator = await startFacebook({ now: () => now, tokenLifetime: 3600 });
});
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

async function signIn(scope = ["public_profile", "pages_show_list"]): Promise<Token> {
  const client = clientWith();
  const request = await client.authorizationRequest({ scope });
  return client.fetchToken(await emulator.authorize(request.url), request);
}

const ADA = "10223344556677881";

describe("debugToken()", () => {
  it("describes a user's token, which it asks about with the app's own", async () => {
    const token = await signIn();
    emulator.clearRequests();
    const found = await clientWith().debugToken(token);
    expect(found).toMatchObject({
      isValid: true,
      appId: emulator.clientId,
      type: "USER",
      userId: ADA,
      scope: ["public_profile", "pages_show_list"],
      granularScope: [{ scope: "pages_show_list", targetIds: expect.any(Array) }],
      issuedAt: new Date(now),
      expiresAt: new Date(now + 3_600_000),
      dataAccessExpiresAt: expect.any(Date),
      reason: undefined,
    });
    const [call] = emulator.requests;
    expect(emulator.requests).toHaveLength(1);
    expect(call?.headers["authorization"]).toBe(
      `Bearer ${emulator.clientId}|${emulator.clientSecret}`,
    );
  });

  it("describes tokens that do not expire, of the app and of a page", async () => {
    const client = clientWith();
    const app = await client.debugToken(await client.fetchAppToken());
    expect(app).toMatchObject({ isValid: true, type: "APP", expiresAt: undefined, scope: [] });
    const { data } = await client.session(await signIn()).get<{
      data: readonly { access_token: string; id: string }[];
    }>("/me/accounts");
    const page = await client.debugToken(data.data[0]?.access_token ?? "");
    expect(page).toMatchObject({ type: "PAGE", profileId: data.data[0]?.id, expiresAt: undefined });
  });

  it("says why a token is invalid", async () => {
    const client = clientWith();
    const token = await signIn();
    await client.revokeToken(token);
    expect(await client.debugToken(token)).toMatchObject({ isValid: false, reason: "revoked" });
    const expired = await signIn();
    now += 3_600_000;
    expect(await client.debugToken(expired)).toMatchObject({ isValid: false, reason: "expired" });
    expect(await client.debugToken("made-up")).toMatchObject({
      isValid: false,
      reason: "invalid_token",
      scope: [],
    });
  });

  it("takes numbers for IDs, and leaves out what is undocumented", async () => {
    const data = {
      is_valid: true,
      app_id: 100_000_000_000_001,
      expires_at: "soon",
      scopes: "email",
      granular_scopes: [{ scope: "email" }, { scope: 7 }, null, "x"],
    };
    emulator.failNext({ path: "/debug_token", status: 200, body: { data } });
    expect(await clientWith().debugToken("any")).toMatchObject({
      appId: "100000000000001",
      expiresAt: undefined,
      scope: [],
      granularScope: [{ scope: "email" }],
    });
  });

  it.each([{}, { data: null }, { data: [] }, { data: { is_valid: "true" } }, "<html>", null])(
    "throws for the answer %j",
    async (body) => {
      emulator.failNext({ path: "/debug_token", status: 200, body });
      await expect(clientWith().debugToken("any")).rejects.toMatchObject({
        code: "API_REQUEST_FAILED",
      });
    },
  );

  it("takes nothing from a polluted prototype", async () => {
    emulator.failNext({ path: "/debug_token", status: 200, body: { data: {} } });
    const additions = { is_valid: true, app_id: emulator.clientId, type: "USER", user_id: ADA };
    await polluted(additions, async () => {
      await expect(clientWith().verifyAccessToken("any")).rejects.toMatchObject({
        code: "API_REQUEST_FAILED",
      });
    });
  });

  it("needs the app secret, and shows neither it nor the token in an error", async () => {
    const { clientId, endpoints } = emulator;
    const secretless = new FacebookClient({ clientId, endpoints });
    await expect(secretless.debugToken("token")).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      problems: [expect.stringContaining("clientSecret")],
    });
    const wrong = clientWith({ clientSecret: "not-the-app-secret" });
    const cut = clientWith();
    emulator.clearRequests();
    const refused: unknown = await wrong.debugToken("canary-token").catch((e: unknown) => e);
    expect(refused).toMatchObject({ code: "TOKEN_REJECTED", details: { code: 190 } });
    emulator.failNext({ path: "/debug_token", kind: "disconnect" });
    const failed: unknown = await cut.debugToken("canary-token").catch((e: unknown) => e);
    expect(failed).toMatchObject({ code: "NETWORK_ERROR" });
    expect(inspect([refused, failed], { depth: 9 })).not.toMatch(
      /canary-token|not-the-app-secret|emulator-secret/,
    );
  });

  it("works with a secret from a function, options from a function, and a proof", async () => {
    emulator.configure({ requireAppSecretProof: true });
    const { clientId, clientSecret, endpoints } = emulator;
    const lazy = new FacebookClient(() => ({
      clientId,
      endpoints,
      clientSecret: () => Promise.resolve(clientSecret),
      appSecretProof: "timed",
      clock: { now: () => now, after: () => () => undefined },
    }));
    expect(await lazy.debugToken("made-up")).toMatchObject({ isValid: false });
    emulator.configure({ requireAppSecretProof: false });
  });
});

describe("verifyAccessToken()", () => {
  it("returns the user and a token for sessions", async () => {
    const { accessToken } = await signIn();
    const { token, userId } = await clientWith().verifyAccessToken(accessToken, { userId: ADA });
    expect(userId).toBe(ADA);
    expect(token.scope).toEqual(["public_profile", "pages_show_list"]);
    expect(token.expiresAt).toEqual(new Date(now + 3_600_000));
    expect((await clientWith().profile(token)).name).toBe("Ada Lovelace");
    expect(inspect(token)).not.toContain(accessToken);
  });

  it.each<[string, string, string, () => Promise<string> | string]>([
    ["of another app", "TOKEN_REJECTED", "app_id", () => emulator.issueForeignToken()],
    ["that is made up", "TOKEN_REJECTED", "is_valid", () => "made-up"],
    ["of another user", "SUBJECT_MISMATCH", "user_id", async () => (await signIn()).accessToken],
    [
      "of the app",
      "TOKEN_REJECTED",
      "type",
      async () => (await clientWith().fetchAppToken()).accessToken,
    ],
  ])("refuses a token %s", async (_whose, code, check, make) => {
    const accessToken = await make();
    const options = { userId: "12345" };
    const thrown: unknown = await clientWith()
      .verifyAccessToken(accessToken, options)
      .catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code, details: { check }, provider: "facebook" });
    expect(inspect(thrown, { depth: 9 })).not.toContain(accessToken);
  });

  it.each([{ userId: undefined }, { userId: "" }, { userId: 5 }, { userid: ADA }, null])(
    "does not take a condition that cannot be read for one that is met: %j",
    async (options) => {
      emulator.clearRequests();
      const verifying = clientWith().verifyAccessToken("made-up", options as never);
      await expect(verifying).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
      expect(emulator.requests).toEqual([]);
    },
  );

  it.each([undefined, null, "", 5, "a b"])("sends nothing for the token %j", async (token) => {
    emulator.clearRequests();
    await expect(clientWith().verifyAccessToken(token as never)).rejects.toMatchObject({
      code: "TOKEN_INVALID",
    });
    expect(emulator.requests).toEqual([]);
  });

  it("refuses an expired token with the reason", async () => {
    const { accessToken } = await signIn();
    now += 3_600_000;
    await expect(clientWith().verifyAccessToken(accessToken)).rejects.toMatchObject({
      details: { check: "is_valid", reason: "expired" },
    });
  });
});

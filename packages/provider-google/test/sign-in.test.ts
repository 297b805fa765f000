import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { type GoogleEmulator, type GoogleOptions, startGoogle } from "@grantkit/emulator";
import {
  type AuthorizationRequestOptions,
  GoogleClient,
  type GoogleAuthorizationOptions,
  type GoogleClientOptions,
  isFromHostedDomain,
  type Token,
} from "@grantkit/provider-google";

const running: GoogleEmulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
});

/** For tests that change nothing of it: each emulator makes an RSA key of its own. */
let shared: GoogleEmulator;
beforeAll(async () => {
  shared = await startGoogle();
});
afterAll(() => shared.close());

async function started(switches: GoogleOptions = {}, options: Partial<GoogleClientOptions> = {}) {
  const emulator = await startGoogle(switches);
  running.push(emulator);
  return { emulator, client: clientOf(emulator, options) };
}

function clientOf(
  emulator: GoogleEmulator,
  options: Partial<GoogleClientOptions> = {},
): GoogleClient {
  return new GoogleClient({
    clientId: emulator.clientId,
    clientSecret: emulator.clientSecret,
    redirectUri: "http://127.0.0.1:8080/callback",
    endpoints: emulator.endpoints,
    ...options,
  });
}

async function signIn(
  client: GoogleClient,
  emulator: GoogleEmulator,
  options: AuthorizationRequestOptions & GoogleAuthorizationOptions = {},
  choice: Parameters<GoogleEmulator["authorize"]>[1] = {},
): Promise<Token> {
  const request = await client.authorizationRequest(options);
  return client.fetchToken(await emulator.authorize(request.url, choice), request);
}

const calls = ({ requests }: GoogleEmulator, path: string) =>
  requests.filter((request) => request.path === path);

describe("sign in with Google", () => {
  it("ends with verified claims and the user's profile", async () => {
    const emulator = shared;
    const client = clientOf(emulator);
    const token = await signIn(client, emulator);
    expect(token.tokenType).toBe("bearer");
    expect(token.claims).toMatchObject({
      iss: emulator.origin,
      aud: emulator.clientId,
      email: "ada.lovelace@gmail.com",
    });
    expect(await client.profile(token)).toMatchObject({
      id: token.claims?.sub,
      email: "ada.lovelace@gmail.com",
      emailVerified: true,
      name: "Ada Lovelace",
      givenName: "Ada",
      familyName: "Lovelace",
    });
  });

  it("reports an address that is not verified", async () => {
    const emulator = shared;
    const client = clientOf(emulator);
    const token = await signIn(client, emulator, {}, { user: "hypatia@alexandria.example" });
    expect((await client.profile(token)).emailVerified).toBe(false);
  });

  it("passes Google's own options under Google's names", async () => {
    const request = await clientOf(shared).authorizationRequest({
      accessType: "offline",
      prompt: ["consent", "select_account"],
      loginHint: "ada.lovelace@gmail.com",
      hostedDomain: "navy.example",
      includeGrantedScopes: true,
      enableGranularConsent: false,
    });
    expect(Object.fromEntries(new URL(request.url).searchParams)).toMatchObject({
      scope: "openid email profile",
      access_type: "offline",
      prompt: "consent select_account",
      login_hint: "ada.lovelace@gmail.com",
      hd: "navy.example",
      include_granted_scopes: "true",
      enable_granular_consent: "false",
    });
  });

  it("accepts a callback with iss or without it, and refuses another issuer's", async () => {
    const { emulator, client } = await started({ iss: false });
    await expect(signIn(client, emulator)).resolves.toBeDefined();
    emulator.configure({ iss: true });
    await expect(signIn(client, emulator)).resolves.toBeDefined();
    emulator.configure({ iss: "wrong" });
    const before = calls(emulator, "/token").length;
    await expect(signIn(client, emulator)).rejects.toMatchObject({ code: "ISSUER_MISMATCH" });
    expect(calls(emulator, "/token")).toHaveLength(before);
  });

  it("reports a user who declines", async () => {
    const { emulator, client } = await started();
    await expect(signIn(client, emulator, {}, { deny: true })).rejects.toMatchObject({
      code: "ACCESS_DENIED",
      provider: "google",
    });
    expect(calls(emulator, "/token")).toHaveLength(0);
  });

  it.each(["interaction_required", "access_denied", "login_required"] as const)(
    "reports a silent sign-in that needs the user after all, called %s",
    async (promptNoneError) => {
      const { emulator, client } = await started({ promptNoneError });
      await expect(signIn(client, emulator, { prompt: "none" })).rejects.toMatchObject({
        code: promptNoneError === "access_denied" ? "ACCESS_DENIED" : "INTERACTION_REQUIRED",
        error: promptNoneError,
      });
    },
  );

  it("reports a wrong secret and a code that was used", async () => {
    const emulator = shared;
    const client = clientOf(emulator);
    const wrong = clientOf(emulator, { clientSecret: "not-the-secret" });
    await expect(signIn(wrong, emulator)).rejects.toMatchObject({
      code: "INVALID_CLIENT",
      status: 401,
    });
    const request = await client.authorizationRequest();
    const callback = await emulator.authorize(request.url);
    await client.fetchToken(callback, request);
    await expect(client.fetchToken(callback, request)).rejects.toMatchObject({
      code: "INVALID_GRANT",
      status: 400,
    });
  });
});

describe("ID tokens", () => {
  it("may name the issuer without its scheme, as Google documents", async () => {
    const { emulator, client } = await started({ issuer: "bare" });
    const token = await signIn(client, emulator);
    expect(token.claims?.iss).toBe(emulator.origin.replace("http://", ""));
  });

  it("with any fault are refused, and nothing is sent to the API", async () => {
    // One emulator: each would make an RSA key of its own.
    const { emulator, client } = await started();
    for (const [idToken, claim] of [
      ["forged-signature", "signature"],
      ["wrong-issuer", "iss"],
      ["wrong-audience", "aud"],
      ["wrong-nonce", "nonce"],
      ["missing-nonce", "nonce"],
      ["wrong-at-hash", "at_hash"],
      ["expired", "exp"],
    ] as const) {
      emulator.configure({ idToken });
      await expect(signIn(client, emulator)).rejects.toMatchObject({
        code: "ID_TOKEN_INVALID",
        details: { claim },
      });
    }
    expect(calls(emulator, "/v1/userinfo")).toHaveLength(0);
  });

  it("are verified after a rotation of keys between two sign-ins", async () => {
    const { emulator, client } = await started();
    await signIn(client, emulator);
    await emulator.rotateKeys();
    await expect(signIn(client, emulator)).resolves.toBeDefined();
    expect(calls(emulator, "/oauth2/v3/certs")).toHaveLength(2);
  });

  it("that a browser sent are verified by verifyIdToken", async () => {
    const emulator = shared;
    const client = clientOf(emulator);
    const { idToken } = await signIn(client, emulator);
    const claims = await client.verifyIdToken(idToken as string);
    expect(claims["email"]).toBe("ada.lovelace@gmail.com");
    await expect(
      client.verifyIdToken(`${(idToken as string).slice(0, -4)}AAAA`),
    ).rejects.toMatchObject({ code: "ID_TOKEN_INVALID" });
  });

  it("of the app on another platform are accepted by verifyIdToken alone, and only if it is listed", async () => {
    const emulator = shared;
    const idToken = (await signIn(clientOf(emulator), emulator)).idToken as string;
    const web = { clientId: "web.apps.googleusercontent.com" };
    const listed = clientOf(emulator, { ...web, authorizedParties: [emulator.clientId] });
    expect(await listed.verifyIdToken(idToken)).toMatchObject({ azp: emulator.clientId });
    await expect(clientOf(emulator, web).verifyIdToken(idToken)).rejects.toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "aud" },
    });
    expect(() => clientOf(emulator, { authorizedParties: [""] })).toThrow(
      "idToken.authorizedParties[0] must be a client ID",
    );
  });

  it("must have the Workspace domain that hostedDomain asked for, which users can change", async () => {
    const { emulator, client } = await started();
    const grace = { user: "grace@navy.example" };
    const ada = { user: "ada.lovelace@gmail.com" };
    const token = await signIn(client, emulator, { hostedDomain: "Navy.example" }, grace);
    expect(token.claims?.["hd"]).toBe("navy.example");
    await expect(signIn(client, emulator, { hostedDomain: "*" }, grace)).resolves.toBeDefined();
    for (const hostedDomain of ["navy.example", "*", ""]) {
      await expect(signIn(client, emulator, { hostedDomain }, ada)).rejects.toMatchObject({
        code: "ID_TOKEN_INVALID",
        details: { claim: "hd" },
      });
    }
    emulator.configure({ hd: "wrong" });
    await expect(
      signIn(client, emulator, { hostedDomain: "navy.example" }, grace),
    ).rejects.toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "hd" } });
    const scope = ["https://www.googleapis.com/auth/calendar"];
    await expect(
      signIn(client, emulator, { hostedDomain: "navy.example", scope }, grace),
    ).rejects.toMatchObject({ code: "TOKEN_RESPONSE_INVALID", details: { field: "id_token" } });
  });

  it("tell whether a user belongs to a Workspace domain", async () => {
    const { emulator, client } = await started();
    const colleague = await signIn(client, emulator, {}, { user: "grace@navy.example" });
    const stranger = await signIn(client, emulator, {}, { user: "ada.lovelace@gmail.com" });
    expect(isFromHostedDomain(colleague, "Navy.example")).toBe(true);
    expect(isFromHostedDomain(stranger, "navy.example")).toBe(false);
    emulator.configure({ hd: "wrong" });
    const impostor = await signIn(client, emulator, {}, { user: "grace@navy.example" });
    expect(isFromHostedDomain(impostor, "navy.example")).toBe(false);
  });
});

describe("scopes", () => {
  it("are unchanged when they come back in another order under longer names", async () => {
    const emulator = shared;
    const client = clientOf(emulator);
    const token = await signIn(client, emulator);
    expect(token.scope).toContain("https://www.googleapis.com/auth/userinfo.email");
    expect(token.scopeChange).toBeUndefined();
  });

  it("that a user did not grant are reported, not thrown", async () => {
    const emulator = shared;
    const client = clientOf(emulator);
    const calendar = "https://www.googleapis.com/auth/calendar.readonly";
    const token = await signIn(
      client,
      emulator,
      { scope: ["openid", "email", calendar] },
      {
        scopes: ["openid", "email"],
      },
    );
    expect(token.scopeChange).toEqual({ missing: [calendar], additional: [] });
    await expect(
      client.session(token).get("/calendar/v3/users/me/calendarList"),
    ).rejects.toMatchObject({ status: 403 });
  });

  it("allow calls of their API", async () => {
    const emulator = shared;
    const client = clientOf(emulator);
    const calendar = "https://www.googleapis.com/auth/calendar.readonly";
    const token = await signIn(client, emulator, { scope: ["openid", calendar] });
    const { status } = await client.session(token).get("/calendar/v3/users/me/calendarList");
    expect(status).toBe(200);
  });
});

describe("refresh", () => {
  it("keeps the refresh token, which Google does not send again, and the claims", async () => {
    let now = Date.now();
    const clock = { now: () => now, after: () => () => undefined };
    const { emulator, client } = await started({ now: () => now }, { clock });
    const token = await signIn(client, emulator, { accessType: "offline" });
    expect(token.refreshToken).toBeDefined();
    expect(token.expiresAt).toEqual(new Date(now + 3_599_000));
    now += 3_599_000;
    const session = client.session(token);
    const answers = await Promise.all(Array.from({ length: 20 }, () => session.userInfo()));
    expect(answers).toHaveLength(20);
    expect(calls(emulator, "/token")).toHaveLength(2);
    expect(session.token.refreshToken).toBe(token.refreshToken);
    expect(session.token.accessToken).not.toBe(token.accessToken);
    expect(session.token.claims?.sub).toBe(token.claims?.sub);
  });

  it("needs accessType offline, and comes with the first consent only, or when consent is asked for", async () => {
    const { emulator, client } = await started();
    expect((await signIn(client, emulator)).refreshToken).toBeUndefined();
    const again = await signIn(client, emulator, { accessType: "offline" });
    const asked = await signIn(client, emulator, { accessType: "offline", prompt: "consent" });
    expect(again.refreshToken).toBeUndefined();
    expect(asked.refreshToken).toBeDefined();
  });

  it("without a refresh token throws an error that says how to ask for one", async () => {
    const { emulator, client } = await started();
    const session = client.session(await signIn(client, emulator));
    await expect(session.refresh()).rejects.toMatchObject({
      code: "REFRESH_TOKEN_MISSING",
      message: expect.stringMatching(/accessType: "offline".*prompt: "consent"/),
    });
  });

  it("fails for good after the user has revoked the token", async () => {
    const { emulator, client } = await started();
    const token = await signIn(client, emulator, { accessType: "offline" });
    const revocation = await fetch(emulator.endpoints.revocation, {
      method: "POST",
      body: new URLSearchParams({ token: token.refreshToken as string }),
    });
    expect(revocation.status).toBe(200);
    await expect(client.refreshToken(token)).rejects.toMatchObject({ code: "INVALID_GRANT" });
  });
});

describe("the API's own errors", () => {
  it("are read from a quota error, with its reason", async () => {
    const emulator = shared;
    const client = clientOf(emulator, { retries: false });
    const token = await signIn(client, emulator);
    emulator.failNext("api-rate-limit");
    await expect(client.profile(token)).rejects.toMatchObject({
      code: "RATE_LIMITED",
      retryable: true,
    });
  });

  it("are read from an error about credentials", async () => {
    const emulator = shared;
    const client = clientOf(emulator);
    const token = await signIn(client, emulator);
    emulator.failNext("api-unauthenticated");
    await expect(client.profile(token)).rejects.toMatchObject({
      code: "TOKEN_REJECTED",
      status: 401,
    });
  });
});

import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { GoogleServiceAccount } from "@grantkit/provider-google";
import { GoogleByAdapter, GoogleKeys, type SentRequest } from "./support/google-by-adapter.ts";

const NOW = Date.UTC(2026, 10, 21);
const EMAIL = "robot@navy.iam.gserviceaccount.com";
const PUBSUB = "https://pubsub.googleapis.com/";
const TOPICS = "https://pubsub.googleapis.com/v1/projects/navy/topics";
const SERVICE = "https://reports-abc.a.run.app";
const TOKEN = "https://oauth2.googleapis.com/token";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = {
  type: "service_account",
  client_email: EMAIL,
  private_key_id: "key-9",
  private_key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
};

let now: number;
let google: GoogleByAdapter;
let answerOfTokens: object;
const signer = new GoogleKeys();

/** An ID token as Google issues it for a service account. */
const idToken = (aud: string) =>
  signer.sign({ iss: "https://accounts.google.com", sub: "1", aud, exp: now / 1000 + 3600 });

beforeEach(() => {
  now = NOW;
  answerOfTokens = {};
  google = new GoogleByAdapter({
    [TOPICS]: () => ({ body: { topics: [] } }),
    [`${SERVICE}/daily`]: () => ({ body: { report: 1 } }),
    "https://admin.example.com/x": () => ({ body: { report: 2 } }),
    "https://www.googleapis.com/oauth2/v3/certs": () => ({ body: signer.jwks }),
    [TOKEN]: ({ body }) => ({
      body: {
        id_token: idToken(String(assertionOf(body)["target_audience"])),
        ...answerOfTokens,
      },
    }),
  });
});

const robot = () =>
  new GoogleServiceAccount({
    key,
    http: google.http,
    clock: { now: () => now, after: () => () => undefined },
  });

function decoded(jwt: string): [header: Record<string, unknown>, claims: Record<string, unknown>] {
  const [header, claims, signature = ""] = jwt.split(".");
  const isValid = verify(
    "sha256",
    Buffer.from(`${header}.${claims}`),
    createPublicKey(privateKey),
    Buffer.from(signature, "base64url"),
  );
  expect(isValid).toBe(true);
  const [head, payload] = [header, claims].map(
    (part = "") => JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>,
  );
  return [head ?? {}, payload ?? {}];
}

const assertionOf = (form: string) => decoded(new URLSearchParams(form).get("assertion") ?? "")[1];

const bearerOf = ({ headers }: SentRequest) => headers["authorization"]?.replace("Bearer ", "");

describe("a self-signed session", () => {
  it("calls an API with a JWT for that API, and requests no token", async () => {
    const session = robot().selfSignedSession({ audience: PUBSUB });
    expect((await session.get(TOPICS)).data).toEqual({ topics: [] });
    expect(google.requests).toHaveLength(1);
    const [header, claims] = decoded(bearerOf(google.requests[0] as SentRequest) ?? "");
    expect(header).toEqual({ alg: "RS256", typ: "JWT", kid: "key-9" });
    expect(claims).toEqual({
      iss: EMAIL,
      sub: EMAIL,
      aud: PUBSUB,
      iat: now / 1000,
      exp: now / 1000 + 3600,
    });
  });

  it("may have scopes instead, and then no audience", async () => {
    const scope = ["https://www.googleapis.com/auth/pubsub", "https://www.googleapis.com/auth/x"];
    const token = await robot().selfSignedToken({ scope });
    expect(decoded(token.accessToken)[1]).toEqual({
      iss: EMAIL,
      sub: EMAIL,
      scope: scope.join(" "),
      iat: now / 1000,
      exp: now / 1000 + 3600,
    });
    expect(token.scope).toEqual(scope);
    expect(token.expiresAt).toEqual(new Date(now + 3_600_000));
  });

  it("signs one JWT for all requests and sessions, and the next one when that expires", async () => {
    const account = robot();
    const session = account.selfSignedSession({ audience: PUBSUB });
    await Promise.all([session.get(TOPICS), session.get(TOPICS)]);
    await account.selfSignedSession({ audience: PUBSUB }).get(TOPICS);
    expect(new Set(google.requests.map(bearerOf)).size).toBe(1);
    await account.selfSignedSession({ audience: "https://logging.googleapis.com/" }).get(TOPICS);
    expect(new Set(google.requests.map(bearerOf)).size).toBe(2);
    now += 3_600_000;
    await session.get(TOPICS);
    expect(new Set(google.requests.map(bearerOf)).size).toBe(3);
  });

  it.each([undefined, {}, { scope: [] }, { audience: "" }, { scope: ["x"], audience: PUBSUB }])(
    "is not opened with %j",
    async (options) => {
      expect(() => robot().selfSignedSession(options as never)).toThrow(
        /either scope.*or audience/,
      );
      await expect(robot().selfSignedToken(options as never)).rejects.toMatchObject({
        code: "CONFIGURATION_INVALID",
      });
    },
  );

  it("shows nothing of a key that cannot sign", async () => {
    const broken = new GoogleServiceAccount({
      key: {
        ...key,
        private_key: "-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----",
      },
      http: google.http,
    });
    const error: unknown = await broken
      .selfSignedSession({ audience: PUBSUB })
      .get(TOPICS)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(`${String(error)}${JSON.stringify(error)}`).not.toContain("CANARY");
    expect(google.requests).toHaveLength(0);
  });
});

describe("an ID token session", () => {
  it("calls a Cloud Run service with an ID token for it, and gets the next one when that expires", async () => {
    const account = robot();
    const session = account.idTokenSession({ targetAudience: SERVICE });
    expect((await session.get(`${SERVICE}/daily`)).data).toEqual({ report: 1 });
    await account.idTokenSession({ targetAudience: SERVICE }).get(`${SERVICE}/daily`);
    const [grant, call, again] = google.requests;
    expect(assertionOf(grant?.body ?? "")).toEqual({
      iss: EMAIL,
      aud: TOKEN,
      target_audience: SERVICE,
      iat: now / 1000,
      exp: now / 1000 + 300,
      jti: expect.any(String),
    });
    expect(bearerOf(call as SentRequest)).toBe(idToken(SERVICE));
    expect(bearerOf(again as SentRequest)).toBe(idToken(SERVICE));
    expect(google.requests).toHaveLength(3);
    now += 3_600_000;
    await session.get(`${SERVICE}/daily`);
    expect(google.requests).toHaveLength(5);
  });

  it("sends its token to the audience's origin, or to those that are named, and nowhere else", async () => {
    const session = robot().idTokenSession({ targetAudience: SERVICE });
    await expect(session.get("https://evil.example.com/")).rejects.toMatchObject({
      code: "ORIGIN_NOT_ALLOWED",
    });
    const iap = robot().idTokenSession({
      targetAudience: "1234.apps.googleusercontent.com",
      allowedOrigins: ["https://admin.example.com"],
    });
    expect((await iap.get("https://admin.example.com/x")).data).toEqual({ report: 2 });
    await expect(iap.get(`${SERVICE}/daily`)).rejects.toMatchObject({ code: "ORIGIN_NOT_ALLOWED" });
  });

  it.each([
    [{}, "targetAudience is missing"],
    [{ targetAudience: "" }, "targetAudience is missing"],
    [{ targetAudience: "1234.apps.googleusercontent.com" }, "allowedOrigins is missing"],
    [{ targetAudience: "http://reports.example" }, "allowedOrigins is missing"],
    [{ targetAudience: SERVICE, refresh: "auto" }, "refresh is not an option"],
  ])("is not opened with %j", (options, problem) => {
    expect(() => robot().idTokenSession(options as never)).toThrow(problem);
    expect(google.requests).toHaveLength(0);
  });

  it.each([
    ["no ID token", () => undefined],
    ["an ID token without an end", () => signer.sign({ aud: SERVICE })],
  ])("throws for an answer with %s", async (_case, id_token) => {
    answerOfTokens = { id_token: id_token() };
    await expect(robot().fetchIdToken({ targetAudience: SERVICE })).rejects.toMatchObject({
      code: "TOKEN_RESPONSE_INVALID",
    });
  });

  it("is not taken for an access token, where Google sends both", async () => {
    const times = { iat: now / 1000, exp: now / 1000 + 60 };
    const claims = { iss: "https://accounts.google.com", sub: "1", aud: EMAIL, ...times };
    answerOfTokens = {
      access_token: "ya29.a",
      expires_in: 60,
      token_type: "Bearer",
      id_token: signer.sign(claims),
    };
    const scope = ["https://www.googleapis.com/auth/pubsub"];
    expect((await robot().fetchServiceAccountToken({ scope })).accessToken).toBe("ya29.a");
  });

  it("gives one ID token without a session", async () => {
    const token = await robot().fetchIdToken({ targetAudience: SERVICE });
    expect(token.accessToken).toBe(idToken(SERVICE));
    expect(token.expiresAt).toEqual(new Date(now + 3_600_000));
    await expect(robot().fetchIdToken({} as never)).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
  });
});

import { beforeEach, expect, it } from "@jest/globals";
import { GoogleClient } from "@grantkit/provider-google";
import { GoogleByAdapter, GoogleKeys } from "./support/google-by-adapter.ts";

const NOW = Date.UTC(2026, 10, 21);
const WEB = "1234-web.apps.googleusercontent.com";
const ANDROID = "1234-android.apps.googleusercontent.com";
const RISC = "https://schemas.openid.net/secevent/risc/event-type/";
const OAUTH = "https://schemas.openid.net/secevent/oauth/event-type/";
const SUBJECT = {
  subject_type: "iss-sub",
  iss: "https://accounts.google.com/",
  sub: "7375626A656374",
};

const keys = new GoogleKeys();
let google: GoogleByAdapter;
let client: GoogleClient;
beforeEach(() => {
  google = new GoogleByAdapter({
    "https://www.googleapis.com/oauth2/v3/certs": () => ({ body: keys.jwks }),
  });
  client = new GoogleClient({
    clientId: WEB,
    authorizedParties: [ANDROID],
    http: google.http,
    clock: { now: () => NOW, after: () => () => undefined },
  });
});

const delivery = (events: object, changes: object = {}) =>
  keys.sign(
    {
      iss: "https://accounts.google.com/",
      aud: WEB,
      iat: NOW / 1000 - 60,
      jti: "756E69717565206964656E746966696572",
      events,
      ...changes,
    },
    { typ: "secevent+jwt" },
  );

it.each<[string, object, object]>([
  [`${RISC}sessions-revoked`, { subject: SUBJECT }, { type: "sessions-revoked" }],
  [`${OAUTH}tokens-revoked`, { subject: SUBJECT }, { type: "tokens-revoked" }],
  [
    `${OAUTH}token-revoked`,
    {
      subject: {
        subject_type: "oauth_token",
        token_type: "refresh_token",
        token_identifier_alg: "prefix",
        token: "1//0aBcDeFgHiJkL",
      },
    },
    {
      type: "token-revoked",
      userId: undefined,
      tokenIdentifier: "1//0aBcDeFgHiJkL",
      tokenIdentifierKind: "prefix",
    },
  ],
  [
    `${RISC}account-disabled`,
    { subject: SUBJECT, reason: "hijacking" },
    { type: "account-disabled", reason: "hijacking", userId: SUBJECT.sub },
  ],
  [`${RISC}account-enabled`, { subject: SUBJECT }, { type: "account-enabled" }],
  [`${RISC}account-purged`, { subject: SUBJECT }, { type: "account-purged" }],
  [
    `${RISC}account-credential-change-required`,
    { subject: { ...SUBJECT, email: "ada@gmail.com" } },
    { type: "account-credential-change-required", email: "ada@gmail.com" },
  ],
  [`${RISC}verification`, { state: "test 1" }, { type: "verification", state: "test 1" }],
  ["https://schemas.example/new", { subject: 7 }, { type: undefined, userId: undefined }],
])("reads %s", async (uri, event, expected) => {
  const { id, issuedAt, events } = await client.verifySecurityEvents(delivery({ [uri]: event }));
  expect(events).toEqual([expect.objectContaining({ uri, raw: event, ...expected })]);
  expect(id).toBe("756E69717565206964656E746966696572");
  expect(issuedAt).toEqual(new Date(NOW - 60_000));
});

const EVENTS = { [`${RISC}sessions-revoked`]: { subject: SUBJECT } };

it("accepts both spellings of Google's issuer, and the client IDs of all platforms", async () => {
  for (const changes of [{ iss: "https://accounts.google.com" }, { aud: [ANDROID, "other"] }]) {
    const { events } = await client.verifySecurityEvents(delivery(EVENTS, changes));
    expect(events[0]?.userId).toBe(SUBJECT.sub);
  }
});

it.each<[string, object]>([
  ["iss", { iss: "https://accounts.google.com.evil.example/" }],
  ["aud", { aud: "another.apps.googleusercontent.com" }],
  ["iat", { iat: NOW / 1000 + 301 }],
  ["events", { events: {} }],
])("refuses a delivery with a wrong %s", async (claim, changes) => {
  await expect(client.verifySecurityEvents(delivery(EVENTS, changes))).rejects.toMatchObject({
    code: "SECURITY_EVENT_INVALID",
    provider: "google",
    details: { claim },
  });
});

it("refuses a delivery that somebody else signed, and a user's ID token", async () => {
  const forged = new GoogleKeys().sign({
    iss: SUBJECT.iss,
    aud: WEB,
    iat: 1,
    jti: "1",
    events: EVENTS,
  });
  const idToken = keys.sign({ iss: SUBJECT.iss, aud: WEB, iat: 1, jti: "1", sub: "7" });
  for (const jwt of [forged, idToken, "", undefined as never]) {
    await expect(client.verifySecurityEvents(jwt)).rejects.toMatchObject({
      code: "SECURITY_EVENT_INVALID",
    });
  }
});

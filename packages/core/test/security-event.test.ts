import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { OAuth2Client } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import {
  FaultyProvider,
  type IdTokenFault,
  signature,
  signingKey,
} from "./support/faulty-provider.ts";

const EVENT = "https://schemas.openid.net/secevent/risc/event-type/account-disabled";
const KEY = signingKey("RS256", "real");
const OTHER = signingKey("RS256", "real");

let provider: FaultyProvider;
let client: OAuth2Client;

beforeAll(async () => {
  provider = await FaultyProvider.start(KEY);
});
afterAll(() => provider.close());
beforeEach(() => {
  client = provider.client({ idToken: { authorizedParties: ["android"] } });
});

/** A security event token as RFC 8417 §2.1.1 has it. */
function eventToken({ claims, header, ...fault }: IdTokenFault = {}): string {
  return provider.idToken({
    header: { typ: "secevent+jwt", ...header },
    claims: {
      sub: undefined,
      nonce: undefined,
      exp: undefined,
      jti: "event-1",
      events: { [EVENT]: { subject: { subject_type: "iss-sub", sub: "7" }, reason: "hijacking" } },
      ...claims,
    },
    ...fault,
  });
}

it.each<[string, IdTokenFault]>([
  ["for this client", {}],
  ["for several clients, of which this is one", { claims: { aud: ["web", "client"] } }],
  ["for the Android app", { claims: { aud: "android" } }],
  ["without typ", { header: { typ: undefined } }],
  ["with the media type's full name", { header: { typ: "application/secevent+jwt" } }],
  ["of last week, which is delivered late", { claims: { iat: 1_000_000_000 } }],
])("accepts a token %s", async (_name, fault) => {
  const claims = await client.verifySecurityEvent(eventToken(fault));
  expect(claims.events[EVENT]).toMatchObject({ reason: "hijacking" });
  expect(claims.jti).toBe("event-1");
});

it.each<[string, IdTokenFault]>([
  ["iss", { claims: { iss: "https://evil.example" } }],
  ["iss", { claims: { iss: undefined } }],
  ["aud", { claims: { aud: "another" } }],
  ["aud", { claims: { aud: undefined } }],
  ["iat", { claims: { iat: 4_000_000_000 } }],
  ["iat", { claims: { iat: undefined } }],
  ["jti", { claims: { jti: undefined } }],
  ["jti", { claims: { jti: "" } }],
  ["events", { claims: { events: undefined } }],
  ["events", { claims: { events: {} } }],
  ["events", { claims: { events: [] } }],
  ["events", { claims: { events: [{}] } }],
  ["events", { claims: { events: { [EVENT]: "yes" } } }],
  ["typ", { header: { typ: "at+jwt" } }],
  ["typ", { header: { typ: "logout+jwt" } }],
])("refuses a token with a wrong %s: %j", async (claim, fault) => {
  const error = await rejectionOf(client.verifySecurityEvent(eventToken(fault)));
  expect(error).toMatchObject({ code: "SECURITY_EVENT_INVALID", details: { claim } });
});

it("refuses a token that another key signed, an ID token, and what is no token", async () => {
  const forged = eventToken({ sign: (input) => signature("RS256", OTHER.privateKey, input) });
  for (const [text, claim] of [
    [forged, "signature"],
    [provider.idToken({ claims: { jti: "1" } }), "events"],
    ["no token", "jwt"],
    [undefined as never, "jwt"],
  ] as const) {
    expect(await rejectionOf(client.verifySecurityEvent(text))).toMatchObject({
      code: "SECURITY_EVENT_INVALID",
      details: { claim },
    });
  }
});

it("is no ID token", async () => {
  const error = await rejectionOf(client.verifyIdToken(eventToken({ claims: { sub: "7" } })));
  expect(error).toMatchObject({ code: "ID_TOKEN_INVALID" });
});

it("accepts another spelling of the issuer where it is listed", async () => {
  const iss = `${provider.issuer}/`;
  const token = eventToken({ claims: { iss } });
  expect((await client.verifySecurityEvent(token, { issuers: [iss] })).iss).toBe(iss);
  expect(await rejectionOf(client.verifySecurityEvent(token))).toMatchObject({
    details: { claim: "iss" },
  });
  const options = { issuers: iss } as never;
  expect(await rejectionOf(client.verifySecurityEvent(token, options))).toMatchObject({
    code: "CONFIGURATION_INVALID",
  });
});

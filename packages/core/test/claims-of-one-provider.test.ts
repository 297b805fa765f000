import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { accessTokenClaimsOf } from "@grantkit/core/requests";
import type { IdTokenRules, OAuth2Client } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { FaultyProvider, signingKey } from "./support/faulty-provider.ts";

const KEY = signingKey("RS256", "real");
const RETIRED = signingKey("RS256", "retired");

let provider: FaultyProvider;
let client: OAuth2Client;

/** A provider whose tokens name the flow that the user signed in with. */
const checkClaims: IdTokenRules["checkClaims"] = ({ flow }, kind) =>
  flow === "sign-in" ? undefined : { claim: "flow", reason: `the ${kind} is of another flow` };

beforeEach(async () => {
  provider = await FaultyProvider.start(KEY);
  client = provider.client({ idToken: { checkClaims } });
});
afterEach(() => provider.close());

const right = { claims: { flow: "sign-in" } };
const wrong = { claims: { flow: "password-reset" } };
const refused = {
  code: "ID_TOKEN_INVALID",
  message: expect.stringContaining("the ID token is of another flow"),
  details: { claim: "flow" },
};

it("refuses an ID token whose own claims are wrong, at a sign-in and in verifyIdToken()", async () => {
  expect((await provider.signIn(client, right)).claims).toMatchObject({ flow: "sign-in" });
  for (const fault of [wrong, {}]) {
    expect(await rejectionOf(provider.signIn(client, fault))).toMatchObject(refused);
    expect(await rejectionOf(client.verifyIdToken(provider.idToken(fault)))).toMatchObject(refused);
  }
});

it("refuses the ID token of a refresh, also one that cannot be verified yet", async () => {
  const token = await provider.signIn(client, right);
  provider.fault = wrong;
  expect(await rejectionOf(client.refreshToken(token))).toMatchObject(refused);
  provider.key = RETIRED;
  expect(await rejectionOf(client.refreshToken(token))).toMatchObject(refused);
});

it("refuses an access token by the same rule", async () => {
  await expect(accessTokenClaimsOf(client, provider.idToken(right))).resolves.toBeDefined();
  expect(await rejectionOf(accessTokenClaimsOf(client, provider.idToken(wrong)))).toMatchObject({
    code: "TOKEN_INVALID",
    message: expect.stringContaining("the access token is of another flow"),
    details: { claim: "flow" },
  });
});

it("names the audience first: the rule sees no token of another client", async () => {
  const other = provider.idToken({ claims: { aud: "other" } });
  expect(await rejectionOf(client.verifyIdToken(other))).toMatchObject({
    details: { claim: "aud" },
  });
});

it("is a function of the definition", () => {
  const define = () => provider.client({ idToken: { checkClaims: "flow" as never } });
  expect(define).toThrow(/- idToken\.checkClaims must be a function/);
});

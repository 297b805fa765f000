import { expect, it } from "@jest/globals";
import { claimsChallenge, isOAuthError, type Token } from "@grantkit/provider-microsoft";
import { microsoftForEach } from "./support/client.ts";
import { refuse } from "./support/microsoft-server.ts";

const microsoft = microsoftForEach();
const ASSERTION = "eyJhbGciOiJub25lIn0.e30.canary-assertion";
const scope = ["User.Read"];

it("fetches a token for another API in the user's name", async () => {
  const client = microsoft.clientOf();
  const token = await client.fetchTokenOnBehalfOf(ASSERTION, {
    scope: [...scope, "offline_access"],
  });
  expect(token).toMatchObject({ scope: ["User.Read", "offline_access"] });
  expect(token.refreshToken).toBeDefined();
  expect(microsoft.server.tokenForms).toEqual([
    expect.objectContaining({
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      requested_token_use: "on_behalf_of",
      assertion: ASSERTION,
      scope: "User.Read offline_access",
      client_secret: microsoft.server.clientSecret,
    }),
  ]);
});

it("says that offline_access is granted with a refresh token only", async () => {
  const token = await microsoft.clientOf().fetchTokenOnBehalfOf(ASSERTION, { scope });
  expect([token.scope, token.refreshToken]).toEqual([["User.Read"], undefined]);
});

it("gives a session that gets its next token in the same way", async () => {
  const client = microsoft.clientOf();
  const renew = (): Promise<Token> => client.fetchTokenOnBehalfOf(ASSERTION, { scope });
  const session = client.session(await renew(), { renew });
  microsoft.clock.advance(3_600_000);
  await session.get("/me");
  expect(microsoft.server.tokenForms).toHaveLength(2);
});

it.each([
  ["interaction_required", 50_076, {}],
  ["invalid_grant", 65_001, { suberror: "consent_required" }],
  ["invalid_grant", 50_076, { suberror: "basic_action" }],
])("asks for the user when Microsoft answers %s (AADSTS%i)", async (word, number, more) => {
  const claims = '{"access_token":{"polids":{"essential":true,"values":["9ab03e19"]}}}';
  microsoft.server.answers.set("/oauth2/v2.0/token", () =>
    refuse(number, word, "Due to a configuration change …", 400, { ...more, claims }),
  );
  const error: unknown = await microsoft
    .clientOf()
    .fetchTokenOnBehalfOf(ASSERTION, { scope })
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: "INTERACTION_REQUIRED",
    error: word,
    details: { aadsts: number, ...("suberror" in more && { suberror: more.suberror }) },
  });
  // The caller of this API gets the challenge.
  expect(claimsChallenge(error)).toEqual({ claims });
  expect(JSON.stringify(error)).not.toContain("canary-assertion");
});

it("has the whole challenge of many policies", async () => {
  const values = Array.from({ length: 40 }, (_none, index) => `9ab03e19-ed42-4168-b6b7-${index}`);
  const claims = JSON.stringify({ access_token: { polids: { essential: true, values } } });
  microsoft.server.answers.set("/oauth2/v2.0/token", () =>
    refuse(50_076, "interaction_required", "MFA", 400, { claims }),
  );
  const error: unknown = await microsoft
    .clientOf()
    .fetchTokenOnBehalfOf(ASSERTION, { scope })
    .catch((reason: unknown) => reason);
  expect(claimsChallenge(error)).toEqual({ claims });
});

it("says that a token is of another app", async () => {
  microsoft.server.answers.set("/oauth2/v2.0/token", () =>
    refuse(500_131, "invalid_grant", "Assertion audience does not match the Client app"),
  );
  const asked = microsoft.clientOf().fetchTokenOnBehalfOf(ASSERTION, { scope });
  await expect(asked).rejects.toMatchObject({
    code: "INVALID_GRANT",
    details: { aadsts: 500_131 },
  });
});

it.each<[string, string, object | undefined]>([
  ["no scope", ASSERTION, { scope: [] }],
  ["no options", ASSERTION, undefined],
  ["a token that is no JWT", "opaque", { scope }],
])("refuses %s before anything is sent", async (_name, assertion, options) => {
  const asked = microsoft
    .clientOf()
    .fetchTokenOnBehalfOf(assertion, options as { scope: string[] });
  const error: unknown = await asked.catch((reason: unknown) => reason);
  expect(isOAuthError(error) && error.code).toBe("CONFIGURATION_INVALID");
  expect(microsoft.server.requests).toEqual([]);
});

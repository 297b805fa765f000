import { expect, it } from "@jest/globals";
import { claimsChallenge, isOAuthError, type Token } from "@grantkit/provider-microsoft";
import { microsoftForEach } from "./support/client.ts";

const microsoft = microsoftForEach();
const scope = ["User.Read"];
const thrown = (work: Promise<unknown>) => work.catch((reason: unknown) => reason);

/** The token that the app's API receives from another app of the same registration. */
async function received(): Promise<string> {
  const { clientId } = microsoft.server;
  const token = await microsoft.signIn(microsoft.clientOf(), [`api://${clientId}/access`]);
  microsoft.server.clearRequests();
  return token.accessToken;
}

it("fetches a token for another API in the user's name", async () => {
  const assertion = await received();
  const client = microsoft.clientOf();
  const token = await client.fetchTokenOnBehalfOf(assertion, {
    scope: [...scope, "offline_access"],
  });
  expect(token).toMatchObject({ scope: ["User.Read", "offline_access"] });
  expect(token.refreshToken).toBeDefined();
  expect((await client.session(token).get("/me")).data).toMatchObject({
    displayName: "Ada Lovelace",
  });
  expect(microsoft.tokenForms).toEqual([
    expect.objectContaining({
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      requested_token_use: "on_behalf_of",
      assertion,
      scope: "User.Read offline_access",
      client_secret: microsoft.server.clientSecret,
    }),
  ]);
});

it("says that offline_access is granted with a refresh token only", async () => {
  const token = await microsoft.clientOf().fetchTokenOnBehalfOf(await received(), { scope });
  expect([token.scope, token.refreshToken]).toEqual([["User.Read"], undefined]);
});

it("gives a session that gets its next token in the same way", async () => {
  const client = microsoft.clientOf();
  const assertion = await received();
  const renew = (): Promise<Token> => client.fetchTokenOnBehalfOf(assertion, { scope });
  const session = client.session(await renew(), { renew });
  microsoft.server.failNext("api-invalid-token");
  await session.get("/me");
  expect(microsoft.tokenForms).toHaveLength(2);
});

it.each([
  ["token-mfa-required", "interaction_required", 50_076, "basic_action"],
  ["token-consent-required", "invalid_grant", 65_001, "consent_required"],
] as const)("asks for the user: %s", async (failure, word, aadsts, suberror) => {
  const assertion = await received();
  microsoft.server.failNext(failure);
  const error = await thrown(microsoft.clientOf().fetchTokenOnBehalfOf(assertion, { scope }));
  expect(error).toMatchObject({
    code: "INTERACTION_REQUIRED",
    error: word,
    details: { aadsts, suberror, traceId: expect.any(String), correlationId: expect.any(String) },
  });
  expect(JSON.stringify(error)).not.toContain(assertion);
});

it("has the whole challenge of many policies, for the caller of this API", async () => {
  const values = Array.from({ length: 40 }, (_none, index) => `9ab03e19-ed42-4168-b6b7-${index}`);
  const claims = JSON.stringify({ access_token: { polids: { essential: true, values } } });
  const assertion = await received();
  const body = { error: "interaction_required", error_codes: [50_076], claims };
  microsoft.server.failNext({ path: "/token", status: 400, body });
  const error = await thrown(microsoft.clientOf().fetchTokenOnBehalfOf(assertion, { scope }));
  expect(claimsChallenge(error)).toEqual({ claims });
});

it("says that a token is of another app", async () => {
  const forGraph = (await microsoft.signIn(microsoft.clientOf())).accessToken;
  const asked = microsoft.clientOf().fetchTokenOnBehalfOf(forGraph, { scope });
  await expect(asked).rejects.toMatchObject({
    code: "INVALID_GRANT",
    details: { aadsts: 500_131 },
  });
});

it.each<[string, string, object | undefined]>([
  ["no scope", "eyJhbGciOiJub25lIn0.e30.x", { scope: [] }],
  ["no options", "eyJhbGciOiJub25lIn0.e30.x", undefined],
  ["a token that is no JWT", "opaque", { scope }],
])("refuses %s before anything is sent", async (_name, assertion, options) => {
  const asked = microsoft
    .clientOf()
    .fetchTokenOnBehalfOf(assertion, options as { scope: string[] });
  const error = await thrown(asked);
  expect(isOAuthError(error) && error.code).toBe("CONFIGURATION_INVALID");
  expect(microsoft.server.requests).toEqual([]);
});

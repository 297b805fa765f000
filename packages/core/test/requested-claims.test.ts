import { afterEach, beforeEach, expect, it } from "@jest/globals";
import type { AuthorizationRequestOptions, OAuth2Client, Token } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { FaultyProvider, signingKey } from "./support/faulty-provider.ts";

let provider: FaultyProvider;
let client: OAuth2Client;

beforeEach(async () => {
  provider = await FaultyProvider.start(signingKey("RS256", "real"));
  client = provider.client({ idToken: { requestedClaims: { org: "organization" } } });
});
afterEach(() => provider.close());

async function signIn(
  org: string | undefined,
  claims: object,
  options: AuthorizationRequestOptions = {},
): Promise<Token> {
  const parameters = org === undefined ? {} : { org };
  const request = await client.authorizationRequest({ ...options, parameters });
  return client.fetchToken(provider.callbackFor(request, { claims: { ...claims } }), request);
}

it.each([
  ["navy", "navy"],
  ["Navy", "nAVY"],
  ["*", "navy"],
  [undefined, "navy"],
  [undefined, undefined],
])("accepts a sign-in that asked for %j and has %j", async (org, organization) => {
  const token = await signIn(org, { organization });
  expect(token.claims?.["organization"]).toBe(organization);
});

it.each([
  ["navy", "army"],
  ["navy", "navy "],
  ["navy", undefined],
  ["navy", ["navy"]],
  ["navy", true],
  ["*", undefined],
  ["*", ""],
  ["*", ["navy"]],
])("refuses a sign-in that asked for %j and has %j", async (org, organization) => {
  const error = await rejectionOf(signIn(org, { organization }));
  expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "organization" } });
  expect((error as Error).message).toContain("org");
});

it("refuses a sign-in without an ID token, which could not be checked", async () => {
  const request = await client.authorizationRequest({
    scope: ["files"],
    parameters: { org: "navy" },
  });
  const callback = provider.callbackFor(request);
  const hooks = {
    tokenResponse: ({
      body: { id_token: _none, ...body },
      ...rest
    }: {
      body: object & { id_token?: unknown };
    }) => ({
      ...rest,
      body,
    }),
  };
  const without = provider.client({ idToken: { requestedClaims: { org: "organization" } } }, {
    hooks,
  } as never);
  expect(await rejectionOf(without.fetchToken(callback, request))).toMatchObject({
    code: "TOKEN_RESPONSE_INVALID",
    details: { field: "id_token" },
  });
});

it("is refused with a sentence when a definition has it in another form", () => {
  for (const requestedClaims of ["org", { org: 7 }, { org: "" }]) {
    expect(() => provider.client({ idToken: { requestedClaims } as never })).toThrow(
      "idToken.requestedClaims must be an object of claims by the names of parameters",
    );
  }
});

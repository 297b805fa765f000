import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { GOOD, signIn, TokenEndpoint } from "./support/token-endpoint.ts";

let endpoint: TokenEndpoint;

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
  // As LinkedIn and GitHub answer.
  endpoint.answer({ body: { ...GOOD, active: true, scope: "read,write" } });
});
afterEach(() => endpoint.close());

it("scopes are requested with spaces and granted with commas, also at a refresh and an introspection", async () => {
  const client = endpoint.client({
    grantedScopeDelimiter: ",",
    endpoints: endpoint.everyEndpoint,
  });
  const { url } = await client.authorizationRequest();
  expect(new URL(url).searchParams.get("scope")).toBe("read write");
  const token = await signIn(client);
  expect(token.scope).toEqual(["read", "write"]);
  expect(token.scopeChange).toBeUndefined();
  expect((await client.refreshToken(token)).scope).toEqual(["read", "write"]);
  expect((await client.introspectToken(token)).scope).toEqual(["read", "write"]);
});

it("without it the delimiter of requests holds for both", async () => {
  const token = await signIn(endpoint.client({ scopeDelimiter: "," }));
  expect(token.scope).toEqual(["read", "write"]);
});

it("an empty one is refused", () => {
  expect(() => endpoint.client({ grantedScopeDelimiter: "" })).toThrow(
    /grantedScopeDelimiter must be what stands between scopes/,
  );
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { OAuthErrorCode } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { callbackOf, ExampleProvider } from "./support/example-provider.ts";
import { signIn, TokenEndpoint } from "./support/token-endpoint.ts";

let endpoint: TokenEndpoint;
let example: ExampleProvider;

beforeAll(async () => {
  endpoint = await TokenEndpoint.start();
  example = await ExampleProvider.start();
});
beforeEach(() => {
  endpoint.server.requests.length = 0;
});
afterAll(() => Promise.all([endpoint.close(), example.close()]));

describe("the error code of an answer", () => {
  const words: [string, OAuthErrorCode, boolean][] = [
    ["access_denied", "ACCESS_DENIED", false],
    ["account_selection_required", "INTERACTION_REQUIRED", false],
    ["authorization_pending", "AUTHORIZATION_PENDING", false],
    ["consent_required", "INTERACTION_REQUIRED", false],
    ["expired_token", "DEVICE_CODE_EXPIRED", false],
    ["interaction_required", "INTERACTION_REQUIRED", false],
    ["invalid_client", "INVALID_CLIENT", false],
    ["invalid_grant", "INVALID_GRANT", false],
    ["invalid_request", "INVALID_REQUEST", false],
    ["invalid_scope", "INVALID_SCOPE", false],
    ["invalid_target", "INVALID_TARGET", false],
    ["login_required", "INTERACTION_REQUIRED", false],
    ["server_error", "SERVER_ERROR", true],
    ["slow_down", "SLOW_DOWN", false],
    ["temporarily_unavailable", "TEMPORARILY_UNAVAILABLE", true],
    ["unauthorized_client", "UNAUTHORIZED_CLIENT", false],
    ["unsupported_grant_type", "UNSUPPORTED_GRANT_TYPE", false],
    ["unsupported_response_type", "UNSUPPORTED_RESPONSE_TYPE", false],
    ["unsupported_token_type", "UNSUPPORTED_TOKEN_TYPE", false],
    // Of RFC 6750: an API uses these words, and not a token endpoint.
    ["invalid_token", "PROVIDER_ERROR", false],
    ["insufficient_scope", "PROVIDER_ERROR", false],
    ["a_word_of_its_own", "PROVIDER_ERROR", false],
  ];
  const rest = { error_description: "In its own words.", error_uri: "https://docs.example.com/e" };

  it.each(words)(
    "error=%s is %s, from the token endpoint and in a callback",
    async (error, code, retryable) => {
      const expected = {
        code,
        error,
        retryable,
        provider: "example",
        errorDescription: rest.error_description,
        errorUri: rest.error_uri,
      };
      endpoint.answer({ status: 400, body: { error, ...rest } });
      const client = endpoint.client();
      expect(await rejectionOf(signIn(client))).toMatchObject({ ...expected, status: 400 });
      const request = await client.authorizationRequest();
      const callback = callbackOf(request, { error, ...rest });
      expect(await rejectionOf(client.fetchToken(callback, request))).toMatchObject(expected);
      expect(endpoint.requests).toHaveLength(1);
    },
  );

  it.each([
    [401, "invalid_token", "TOKEN_REJECTED"],
    [403, "insufficient_scope", "API_REQUEST_FAILED"],
  ])("status %d with %s from the API is %s", async (status, error, code) => {
    example.api = () => ({ status, body: { error, ...rest } });
    const token = example.grant({ accessToken: "at-1" });
    expect(await rejectionOf(example.client().userInfo(token))).toMatchObject({
      code,
      error,
      status,
      errorDescription: rest.error_description,
    });
  });
});

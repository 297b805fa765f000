import {
  defineProvider,
  type ProtectedRequestHookValue,
  type TokenResponseHookValue,
} from "@grantkit/core";

/**
 * Slack. The token is a field `token` in the form if the request has one, otherwise in the query. Errors have status 200 and
 * Slack's own codes. `token_type` is "bot" or "user".
 *
 * Slack also accepts a Bearer header, and requires it from apps made since 2021 for requests without a form. Leave out the
 * `protectedRequest` hook to send the header.
 *
 * @see https://docs.slack.dev/authentication/installing-with-oauth
 */
export const slack = defineProvider({
  name: "slack",
  endpoints: {
    authorization: "https://slack.com/oauth/v2/authorize",
    token: "https://slack.com/api/oauth.v2.access",
    userInfo: "/auth.test",
  },
  api: { baseUrl: "https://slack.com/api" },
  scopeDelimiter: ",",
  // From memory: the codes with an equivalent in RFC 6749.
  errorAliases: {
    bad_client_secret: "invalid_client",
    bad_redirect_uri: "invalid_request",
    code_already_used: "invalid_grant",
    invalid_client_id: "invalid_client",
    invalid_code: "invalid_grant",
    invalid_refresh_token: "invalid_grant",
  },
  profile: { id: "user_id", username: "user" },
  hooks: { tokenResponse: asBearer, protectedRequest: withTokenField },
});

/** Changes the token types "bot" and "user" to Bearer, and keeps them as `token_owner`. */
function asBearer(response: TokenResponseHookValue): TokenResponseHookValue | undefined {
  const { token_type: type } = response.body;
  if (type !== "bot" && type !== "user") return undefined;
  return { ...response, body: { ...response.body, token_type: "Bearer", token_owner: type } };
}

/** Adds the field `token`, unless the caller set one, for example for another workspace. */
function withTokenField(request: ProtectedRequestHookValue): ProtectedRequestHookValue {
  const { url, body } = request;
  const given = new URL(url).searchParams.has("token") || Object.hasOwn(body ?? {}, "token");
  if (given) return { ...request, placement: "none" };
  return { ...request, placement: { in: body ? "body" : "query", name: "token" } };
}

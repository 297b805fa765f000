import {
  defineProvider,
  type ProtectedRequestHookValue,
  type TokenResponseHookValue,
} from "@grantkit/core";
import { textField } from "./text-field.ts";

/**
 * Slack. Strange: the token is a field called `token`, in the form of a request that has one and in the query of any
 * other; errors come with status 200 and in Slack's own words; and `token_type` says whose the token is.
 *
 * Slack takes a Bearer header as well, and wants it of apps made since 2021 whose requests have no form: without the
 * `protectedRequest` hook the token goes there.
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
  // From memory, as far as they have a counterpart in RFC 6749.
  errorAliases: {
    bad_client_secret: "invalid_client",
    bad_redirect_uri: "invalid_request",
    code_already_used: "invalid_grant",
    invalid_client_id: "invalid_client",
    invalid_code: "invalid_grant",
    invalid_refresh_token: "invalid_grant",
  },
  profile: (raw) => ({
    id: textField(raw, "user_id") ?? "",
    username: textField(raw, "user"),
    raw,
  }),
  hooks: { tokenResponse: asBearer, protectedRequest: withTokenField },
});

/** "bot" and "user" say whose token it is; both are bearer tokens. */
function asBearer(response: TokenResponseHookValue): TokenResponseHookValue | undefined {
  const { token_type: type } = response.body;
  if (type !== "bot" && type !== "user") return undefined;
  return { ...response, body: { ...response.body, token_type: "Bearer", token_owner: type } };
}

/** The caller's own token, for example that of another workspace, stays the only one. */
function withTokenField(request: ProtectedRequestHookValue): ProtectedRequestHookValue {
  const { url, body } = request;
  const given = new URL(url).searchParams.has("token") || Object.hasOwn(body ?? {}, "token");
  if (given) return { ...request, placement: "none" };
  return { ...request, placement: { in: body ? "body" : "query", name: "token" } };
}

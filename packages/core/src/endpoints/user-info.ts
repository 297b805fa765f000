import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { tidyJson } from "../http/response-body.ts";
import { canVerifyIdTokens } from "../oidc/id-token-problems.ts";
import { isObject, isFilledText } from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";
import type { Profile } from "../profile.ts";
import type { Provider } from "../provider.ts";
import { readForeignError } from "./foreign-error.ts";
import { keptFrom } from "./kept-parameters.ts";
import { missingEndpoint } from "./missing-endpoint.ts";
import {
  refusal,
  requestUser,
  type UserInfo,
  type UserInfoClient,
  type UserInfoSession,
} from "./user-info-request.ts";
import {
  postOf,
  type ReadRequest,
  userInfoRequestOf,
  type UserInfoSources,
} from "./user-info-definition.ts";
import type { Token } from "../tokens/token.ts";

export type { UserInfoClient, UserInfoSession };

/** Fields of an error response: an answer that has no others names no user. */
const ERROR_FIELD =
  /^(?:errors?|error_\w+|message|msg|status|success|ok|code|type|title|detail|details|description|instance|timestamp|path|request_?id|trace_?id)$/i;

/**
 * Fetches the user's data and compares its `sub` with the ID token's (OpenID Connect Core §5.3.2).
 *
 * @throws OAuthError: `TOKEN_REJECTED` for status 401, `RATE_LIMITED`, `SERVER_ERROR` or `API_REQUEST_FAILED` for other
 * error statuses, `NETWORK_ERROR`, `TIMEOUT`, `RESPONSE_TOO_LARGE` above 1 MiB, `REDIRECT_REFUSED` for a redirect to
 * another origin, `USER_INFO_INVALID` for a response that is no user, `SUBJECT_MISMATCH` for another user's data;
 * ConfigurationError when the provider has no user info and no verified ID tokens.
 */
export async function fetchUserInfo(
  client: UserInfoClient,
  session: UserInfoSession,
): Promise<UserInfo> {
  const { provider } = client;
  const { userInfo: endpoint } = provider.endpoints;
  if (!provider.userInfo && endpoint === undefined) return claimsOf(client, session.token);
  const read = (request: ReadRequest): Promise<unknown> => requestUser(client, session, request);
  const raw = await (provider.userInfo
    ? provider.userInfo(
        {
          get: <Body>(url: string) => read({ url, method: "GET" }) as Promise<Body>,
          post: <Body>(url: string, body?: object) => read(postOf(url, body)) as Promise<Body>,
        },
        sourcesOf(provider, session.token),
      )
    : read(userInfoRequestOf(endpoint as string, provider.userInfoRequest, client.clientId)));
  if (!isObject(raw) || Array.isArray(raw)) throw invalid(provider, "it is not a JSON object");
  if (!tidyJson(raw)) throw invalid(provider, "it is nested too deeply");
  if (Object.keys(raw).every((name) => ERROR_FIELD.test(name))) {
    const told = readForeignError(raw, 200);
    if (told)
      throw refusal(client, session.token, raw, { told, code: "USER_INFO_INVALID", status: 200 });
    throw invalid(provider, "it is empty");
  }
  checkSubject(provider, raw, session.token.claims?.sub);
  return raw;
}

/**
 * The claims of the verified ID token, which are the user info of a provider that has no other.
 *
 * @throws ConfigurationError for a provider whose ID tokens are not verified; OAuthError for a token without claims.
 */
function claimsOf({ provider, verifiesIdTokens }: UserInfoClient, { claims }: Token): UserInfo {
  const usual = verifiesIdTokens ? "" : "the provider needs endpoints.userInfo";
  // A discovered endpoint that was ignored is a mistake to mend first.
  const problem = missingEndpoint(provider, "userInfo", usual);
  if (problem !== "") {
    throw new ConfigurationError("userInfo() and profile()", [problem], provider.name);
  }
  if (claims) return claims;
  const reason =
    "the provider has no endpoint for it, and the token has no verified claims: sign in with the scope openid";
  throw invalid(provider, reason);
}

function sourcesOf(provider: Provider, token: Token): UserInfoSources {
  const raw = ownFields(token.raw);
  const callback = ownFields(keptFrom(provider, (name) => raw[name]));
  return { token, claims: token.claims, callback };
}

function checkSubject(provider: Provider, raw: UserInfo, expected: string | undefined): void {
  const { sub } = ownFields(raw);
  if (sub === undefined) {
    if (!mustHaveSub(provider)) return;
    const reason =
      "it has no sub, so it may be another user's (OpenID Connect Core §5.3.2); for a provider that sends no sub, set idToken.userInfoWithoutSub";
    throw invalid(provider, reason);
  }
  if (expected === undefined) {
    const isUsable = isFilledText(sub) || !mustHaveSub(provider);
    if (isUsable) return;
    throw invalid(provider, "its sub is not a text that names a user (OpenID Connect Core §5.3.2)");
  }
  if (sub === expected) return;
  const details = { claim: "sub" };
  const message = `The user info of ${provider.name} is about another user than the ID token, so it was discarded.`;
  throw new OAuthError("SUBJECT_MISMATCH", message, { provider: provider.name, details });
}

/** Whether user info comes from an OpenID Connect endpoint; a function of the definition's may ask any other API. */
function mustHaveSub(provider: Provider): boolean {
  const { idToken } = provider;
  if (!canVerifyIdTokens(provider) || idToken === false || provider.userInfo) return false;
  return idToken?.userInfoWithoutSub !== true;
}

/** Fetches the user's data as the common profile. */
export async function fetchProfile(
  client: UserInfoClient,
  session: UserInfoSession,
): Promise<Profile> {
  const { provider } = client;
  const profile = provider.profile(await fetchUserInfo(client, session));
  if (isFilledText(profile.id)) return profile;
  throw invalid(provider, reasonWithoutId(profile));
}

function reasonWithoutId({ id }: { readonly id: unknown }): string {
  return typeof id === "number" || typeof id === "bigint"
    ? `the id that its profile function returned is a ${typeof id}: return a string, for example String(raw["id"])`
    : 'its profile has no id: where the user info has no sub (OpenID Connect), profile in the provider\'s definition names the field that has the ID, for example { id: "user_id" }';
}

function invalid({ name: provider }: Provider, reason: string): OAuthError {
  const message = `The user info of ${provider} cannot be used: ${reason}.`;
  return new OAuthError("USER_INFO_INVALID", message, { provider });
}

import { TOKEN_REQUEST_FIELDS } from "./endpoints/endpoint-parameters.ts";
import { mustBeCallbackParameters } from "./endpoints/kept-parameters.ts";
import { mustBeUserInfoRequest } from "./endpoints/user-info-definition.ts";
import { mustBeErrorAliases } from "./errors/error-aliases.ts";
import { mustBeErrorReader } from "./errors/error-paths.ts";
import type { Hooks } from "./hooks.ts";
import { mustBeApiHeaders } from "./http/api-headers.ts";
import type { FixedApi, ProviderApi } from "./http/api-origins.ts";
import { insecureOrigins, mustBeInsecureOrigins } from "./http/insecure-http.ts";
import { isTokenBase, tokenBaseProblems } from "./http/token-origins.ts";
import { isOrigin, isPath, urlProblems } from "./http/url-problems.ts";
import { wildcardSuffix } from "./http/wildcard-origin.ts";
import { clientAuthenticationProblems } from "./oidc/client-authentication.ts";
import {
  type ClientParameters,
  clientParameterNames,
  mustBeClientParameters,
} from "./oidc/client-parameters.ts";
import { mustBeIdTokenRules } from "./oidc/id-token-problems.ts";
import { mustBeIssuer } from "./oidc/issuer.ts";
import {
  anything,
  must,
  mustBeFlag,
  mustBeFunction,
  mustBeListOf,
  mustBeOneOf,
  mustBeText,
  mustBeSeconds,
  type OptionRule,
  optionProblems,
  type OptionRules,
  isFilledText,
} from "./options/option-rules.ts";
import { ownOptions } from "./options/own-fields.ts";
import { mustBeProfile } from "./profile-fields.ts";
import type { ProviderDefinition, RefreshByExchange } from "./provider-definition.ts";
import type { ProviderEndpoints } from "./provider-endpoints.ts";
import { mustBeExpiredToken } from "./tokens/expired-token.ts";
import { mustBeScope } from "./tokens/scopes.ts";
import { mustBePlacement } from "./tokens/token-placement.ts";

/** @param insecureHttp - Http origins that the definition allows. */
function endpointRules(insecureHttp: readonly string[]): OptionRules<ProviderEndpoints> {
  const mustBeUrl: OptionRule = (value, name) => urlProblems(name, value, insecureHttp);
  const endpoint: OptionRule = (value, name, all) =>
    value === undefined ? [] : mustBeUrl(value, name, all);
  return {
    // Some providers need a fragment behind the parameters, which RFC 6749 §3.1 does not allow.
    authorization: (value, name, all) =>
      endpoint(typeof value === "string" ? value.split("#", 1)[0] : value, name, all),
    token: mustBeUrl,
    userInfo: (value, name, all) => (isPath(value) ? [] : endpoint(value, name, all)),
    jwks: endpoint,
    revocation: endpoint,
    introspection: endpoint,
    deviceAuthorization: endpoint,
    pushedAuthorization: endpoint,
    endSession: endpoint,
  };
}

const mustBeName =
  (what: string): OptionRule =>
  (value, name) =>
    isFilledText(value) ? [] : [`${name} must be ${what}`];

/** Parameters that something else goes by, in authorization requests too: a client ID in `state` would replace it. */
const MEANT = new Set([
  ...TOKEN_REQUEST_FIELDS,
  "code_challenge",
  "code_challenge_method",
  "nonce",
  "request",
  "request_uri",
  "response_type",
  "state",
  "__proto__",
]);

const mustBeFreeNames: OptionRule = (value, name, all) => {
  const problems = mustBeClientParameters(value, name, all);
  if (value === undefined || problems.length > 0) return problems;
  const { id, secret } = clientParameterNames(value as ClientParameters);
  const taken = [
    ...(id !== "client_id" && MEANT.has(id) ? ["id"] : []),
    ...(secret !== "client_secret" && MEANT.has(secret) ? ["secret"] : []),
  ];
  return taken.map((field) => `${name}.${field} must not be a parameter with another meaning`);
};

/** What an exchange sends beside the token. */
const RESERVED = new Set<unknown>(["grant_type", "client_id", "client_secret", "__proto__"]);

/** @param insecureHttp - Http origins that the definition allows. */
function renewRules(insecureHttp: readonly string[]): OptionRules<RefreshByExchange> {
  return {
    endpoint: (value, name) => (isPath(value) ? [] : urlProblems(name, value, insecureHttp)),
    method: mustBeOneOf("GET", "POST"),
    grantType: mustBeName('a grant type, for example "ig_refresh_token"'),
    tokenParameter: (value, name) =>
      isFilledText(value) && !RESERVED.has(value)
        ? []
        : [
            `${name} must be the name of a parameter, for example "access_token", and none that the client sets itself`,
          ],
    clientCredentials: mustBeFlag,
    ahead: mustBeSeconds,
  };
}

/** @param insecureHttp - Http origins that the definition allows. */
function apiRules(insecureHttp: readonly string[]): OptionRules<FixedApi> {
  return {
    baseUrl: (value, name) => urlProblems(name, value, insecureHttp),
    origins: mustBeListOf(
      "origins",
      'be an https origin, for example "https://uploads.example.com" or "https://*.example.com" ("https://*.com" and "https://*.co.uk" are too wide)',
      (origin) =>
        typeof origin === "string" &&
        (isOrigin(origin, insecureHttp) || wildcardSuffix(origin) !== undefined),
    ),
    headers: mustBeApiHeaders,
  };
}

/** @param insecureHttp - Http origins that the definition allows. */
function providerApiRules(insecureHttp: readonly string[]): OptionRules<ProviderApi> {
  const fixed = apiRules(insecureHttp);
  return {
    ...fixed,
    baseUrl: (value, name, api) =>
      isTokenBase(value) ? tokenBaseProblems(value, name, api) : fixed.baseUrl(value, name, api),
    headers: (value, name, api) =>
      typeof value === "function" ? [] : mustBeApiHeaders(value, name, api),
  };
}

const mustBeHooks = must("be a function or an array of functions", (hooks) =>
  [hooks].flat().every((hook) => typeof hook === "function"),
);

const HOOK_RULES: OptionRules<Hooks> = {
  authorizationRequest: mustBeHooks,
  tokenRequest: mustBeHooks,
  tokenResponse: mustBeHooks,
  refreshRequest: mustBeHooks,
  refreshResponse: mustBeHooks,
  protectedRequest: mustBeHooks,
  protectedResponse: mustBeHooks,
};

const mustBeDelimiter = must('be what stands between scopes, for example ","', isFilledText);

const RULES: OptionRules<ProviderDefinition> = {
  name: (value) =>
    isProviderName(value) ? [] : ['name must be a short name in lower case, for example "example"'],
  endpoints: (value, _name, { allowInsecureHttp }) =>
    optionProblems(value, endpointRules(insecureOrigins(allowInsecureHttp)), "endpoints."),
  api: (value, _name, { allowInsecureHttp }) =>
    value === undefined
      ? []
      : optionProblems(value, providerApiRules(insecureOrigins(allowInsecureHttp)), "api."),
  scopeDelimiter: mustBeDelimiter,
  grantedScopeDelimiter: mustBeDelimiter,
  issuer: mustBeIssuer,
  issuerInCallback: (value, _name, { issuer }) =>
    value === true && issuer === undefined
      ? ["issuerInCallback needs issuer: it is what the callback's iss is compared with"]
      : [],
  defaultScope: mustBeScope,
  clientAuthentication: clientAuthenticationProblems,
  clientParameters: mustBeFreeNames,
  tokenRequestBody: mustBeOneOf("form", "json"),
  tokenPlacement: mustBePlacement,
  expiredToken: mustBeExpiredToken,
  renew: renewProblems,
  refreshTokenAdvice: mustBeText,
  hooks: hookProblems,
  pushAuthorizationRequests: anything,
  pkce: must(
    'be "S256", "plain", "sha256-hex" or false',
    (value) => value === false || ["S256", "plain", "sha256-hex"].includes(value as string),
  ),
  scopeAliases: anything,
  idToken: mustBeIdTokenRules,
  callbackParameters: mustBeCallbackParameters,
  errorAliases: mustBeErrorAliases,
  authorizationOptions: anything,
  authorizationParameters: must(
    'be a function that returns the parameters, for example () => ({ access_type: "offline" })',
    isFunction,
  ),
  readError: mustBeErrorReader,
  userInfoRequest: mustBeUserInfoRequest,
  userInfo: must("be a function; the endpoint's URL goes into endpoints.userInfo", isFunction),
  revoke: mustBeFunction,
  profile: mustBeProfile,
  allowInsecureHttp: mustBeInsecureOrigins,
};

function renewProblems(
  value: unknown,
  name: string,
  { api, allowInsecureHttp }: Readonly<Record<string, unknown>>,
): readonly string[] {
  if (value === undefined) return [];
  const { endpoint } = ownOptions(value as Partial<RefreshByExchange>) ?? {};
  return isPath(endpoint) && typeof ownOptions(api as Partial<ProviderApi>)?.baseUrl !== "string"
    ? [`${name}.endpoint must be absolute, because there is no fixed api.baseUrl to put before it`]
    : optionProblems(value, renewRules(insecureOrigins(allowInsecureHttp)), "renew.");
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

/** Lists what is wrong with a provider's definition, one sentence a problem. */
export function providerProblems(definition: object): string[] {
  return optionProblems(definition, RULES);
}

/** Whether a value can name a provider. */
export function isProviderName(value: unknown): value is string {
  return typeof value === "string" && /^[a-z][a-z0-9-]*$/.test(value);
}

/** Lists what is wrong with an API at one address; the rule of a definition's `api`. */
export function apiProblems(
  value: unknown,
  _name: string,
  { allowInsecureHttp }: Readonly<Record<string, unknown>>,
): readonly string[] {
  const rules = apiRules(insecureOrigins(allowInsecureHttp));
  return value === undefined ? [] : optionProblems(value, rules, "api.");
}

/** Lists what is wrong with a set of hooks. */
export function hookProblems(value: unknown): string[] {
  return value === undefined ? [] : optionProblems(value, HOOK_RULES, "hooks.");
}

import {
  type AuthorizationRequestHookValue,
  ConfigurationError,
  defineProvider,
  type EndpointOverrides,
  type Provider,
} from "@grantkit/core";
import { asLongLivedExchange } from "./long-lived-token.ts";
import { readGraphError } from "./graph-error.ts";
import { facebookProfile, PROFILE_FIELDS } from "./profile.ts";
import type { FacebookScope } from "./scopes.ts";

/** Which Graph API, and where. */
export interface FacebookOptions {
  /**
   * The Graph API's version.
   *
   * @defaultValue `"v26.0"`
   * @see https://developers.facebook.com/docs/graph-api/changelog
   */
  readonly version?: string | undefined;
  /** Other places for its parts: the `endpoints` of an emulator. */
  readonly endpoints?: EndpointOverrides | undefined;
}

type AuthType = "rerequest" | "reauthenticate" | "reauthorize";

/**
 * What only Facebook's login dialog knows.
 *
 * @see https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow
 */
export interface FacebookAuthorizationOptions {
  /** `"rerequest"` asks again for what the user declined; without it Facebook does not. */
  readonly authType?: AuthType | readonly AuthType[];
  /** How the dialog is shown. */
  readonly display?: "page" | "popup" | "touch" | "async" | "iframe" | "wap";
  /** A configuration of Facebook Login for Business, which takes the place of the scope. */
  readonly configId?: string;
}

/**
 * Facebook as data, for a client of core's own. `FacebookClient` uses it already.
 *
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) that names the option.
 */
export function facebook(
  options: FacebookOptions = {},
): Provider<FacebookScope, FacebookAuthorizationOptions> {
  return facebookUnless([], options);
}

/** Facebook, unless something is wrong with the options, or was found wrong before: then all of it in one error. */
export function facebookUnless(
  found: readonly string[],
  { version = "v26.0", endpoints }: FacebookOptions,
): Provider<FacebookScope, FacebookAuthorizationOptions> {
  const problems = [...versionProblems(version), ...found];
  if (problems.length > 0) throw new ConfigurationError("The provider facebook", problems);
  const graph = `https://graph.facebook.com/${version}`;
  return defineProvider<FacebookScope, FacebookAuthorizationOptions>(
    {
      name: "facebook",
      // Facebook sends no `iss` in callbacks; if it begins to, it can be only this.
      issuer: "https://www.facebook.com",
      endpoints: {
        authorization: `https://www.facebook.com/${version}/dialog/oauth`,
        // Documented as GET; POST works, and keeps the app secret out of URLs.
        token: `${graph}/oauth/access_token`,
        jwks: "https://www.facebook.com/.well-known/oauth/openid/jwks/",
        userInfo: `/me?fields=${PROFILE_FIELDS}`,
      },
      api: { baseUrl: graph, origins: ["https://graph-video.facebook.com"] },
      scopeDelimiter: ",",
      defaultScope: ["public_profile", "email"],
      authorizationOptions: ["authType", "display", "configId"],
      authorizationParameters: ({ authType, display, configId }) => ({
        auth_type: authType === undefined ? undefined : [authType].flat().join(","),
        display,
        config_id: configId,
      }),
      readError: readGraphError,
      profile: facebookProfile,
      hooks: {
        authorizationRequest: withoutScopeOfConfiguration,
        tokenRequest: asLongLivedExchange,
      },
    },
    endpoints,
  );
}

function versionProblems(version: unknown): string[] {
  return typeof version === "string" && /^v\d{1,3}\.\d{1,2}$/.test(version)
    ? []
    : ['version must be a Graph API version, for example "v26.0"'];
}

/** A configuration has its own permissions; a scope beside it would be asked for as well. */
function withoutScopeOfConfiguration(
  request: AuthorizationRequestHookValue,
): AuthorizationRequestHookValue {
  if (request.parameters["config_id"] === undefined) return request;
  const { scope: _dropped, ...parameters } = request.parameters;
  return { ...request, parameters };
}

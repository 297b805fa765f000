import {
  type AuthorizationRequestHookValue,
  defineProvider,
  type EndpointOverrides,
  type Provider,
} from "@grantkit/core";
import { must, ownOptions, throwProblems } from "@grantkit/core/requests";
import { readGraphError, withTraceOfHeader } from "./graph-error.ts";
import { facebookProfile, PROFILE_FIELDS } from "./profile.ts";
import type { FacebookScope } from "./scopes.ts";
import { publishUsage } from "./usage.ts";

/** Options of the Facebook preset. */
export interface FacebookOptions {
  /**
   * The Graph API's version.
   *
   * @defaultValue `"v26.0"`
   * @see https://developers.facebook.com/docs/graph-api/changelog
   */
  readonly version?: string | undefined;
  /** Replaces Facebook's URLs, for example by the `endpoints` of an emulator. */
  readonly endpoints?: EndpointOverrides | undefined;
}

type AuthType = "rerequest" | "reauthenticate" | "reauthorize";

/**
 * Options of Facebook's login dialog.
 *
 * @see https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow
 */
export interface FacebookAuthorizationOptions {
  /** `"rerequest"` asks again for permissions that the user has declined; Facebook does not do so otherwise. */
  readonly authType?: AuthType | readonly AuthType[];
  /** How the dialog is shown. */
  readonly display?: "page" | "popup" | "touch" | "async" | "iframe" | "wap";
  /** The ID of a configuration of Facebook Login for Business, which replaces the scope. */
  readonly configId?: string;
}

/**
 * Defines Facebook as a provider, for an `OAuth2Client`. `FacebookClient` uses it already.
 *
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) that names the option.
 */
export function facebook(
  options: FacebookOptions = {},
): Provider<FacebookScope, FacebookAuthorizationOptions> {
  return facebookUnless([], options);
}

/** Defines Facebook, or throws one error that lists the problems of the options and those that were found before. */
export function facebookUnless(
  found: readonly string[],
  options: FacebookOptions,
): Provider<FacebookScope, FacebookAuthorizationOptions> {
  const { version = "v26.0", endpoints } = ownOptions(options);
  throwProblems("The provider facebook", [...mustBeVersion(version, "version", {}), ...found]);
  const graph = `https://graph.facebook.com/${version}`;
  return defineProvider<FacebookScope, FacebookAuthorizationOptions>(
    {
      name: "facebook",
      // Facebook sends no `iss` in callbacks. Should it begin to, this is the only valid one.
      issuer: "https://www.facebook.com",
      endpoints: {
        authorization: `https://www.facebook.com/${version}/dialog/oauth`,
        // Documented as GET, but POST works too, and keeps the app secret out of URLs.
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
      // The Graph API's /me has the user's id in the place of OpenID Connect's sub.
      idToken: { userInfoWithoutSub: true },
      readError: readGraphError,
      profile: facebookProfile,
      // Documented as GET, but POST works too, and keeps the app secret and the token out of URLs.
      // https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
      renew: {
        endpoint: "/oauth/access_token",
        grantType: "fb_exchange_token",
        tokenParameter: "fb_exchange_token",
        clientCredentials: true,
      },
      // https://developers.facebook.com/docs/graph-api/reference/user/permissions
      async revoke(api) {
        await api.withToken({ method: "DELETE", url: "/me/permissions" });
      },
      hooks: {
        authorizationRequest: withoutScopeOfConfiguration,
        tokenResponse: withTraceOfHeader,
        protectedResponse: publishUsage,
      },
    },
    endpoints,
  );
}

const mustBeVersion = must(
  'be a Graph API version, for example "v26.0"',
  (version) => typeof version === "string" && /^v\d{1,3}\.\d{1,2}$/.test(version),
);

/** Leaves the scope out where a configuration is named: it has its own permissions, and the scope would be added to them. */
function withoutScopeOfConfiguration(
  request: AuthorizationRequestHookValue,
): AuthorizationRequestHookValue {
  if (request.parameters["config_id"] === undefined) return request;
  const { scope: _dropped, ...parameters } = request.parameters;
  return { ...request, parameters };
}

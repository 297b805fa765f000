import { defineProvider, type EndpointOverrides, type Provider } from "@grantkit/core";
import { ownOptions } from "@grantkit/core/requests";
import { acmeProfile } from "./profile.ts";
import type { AcmeScope } from "./scopes.ts";

/** Options of the Acme preset. */
export interface AcmeOptions {
  /** Replaces Acme's URLs, for example by the `endpoints` of an emulator. */
  readonly endpoints?: EndpointOverrides | undefined;
}

/**
 * Options of Acme's authorization request.
 *
 * @see https://fill-in.invalid/docs/authorization-request
 */
export interface AcmeAuthorizationOptions {
  /** What Acme asks the user even where it need not. */
  readonly prompt?: "login" | "consent";
}

/**
 * Defines Acme as a provider, for an `OAuth2Client`. `AcmeClient` uses it already.
 *
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) that names the option.
 */
export function acme(options: AcmeOptions = {}): Provider<AcmeScope, AcmeAuthorizationOptions> {
  const { endpoints } = ownOptions(options);
  return defineProvider<AcmeScope, AcmeAuthorizationOptions>(
    {
      name: "acme",
      // FILL IN from Acme's documentation, and leave out what Acme does not have.
      issuer: "https://fill-in.invalid",
      endpoints: {
        authorization: "https://fill-in.invalid/authorize",
        token: "https://fill-in.invalid/token",
        jwks: "https://fill-in.invalid/keys",
        userInfo: "https://fill-in.invalid/userinfo",
      },
      api: { baseUrl: "https://fill-in.invalid/api" },
      defaultScope: ["openid", "email", "profile"],
      authorizationOptions: ["prompt"],
      authorizationParameters: ({ prompt }) => ({ prompt }),
      profile: acmeProfile,
    },
    endpoints,
  );
}

import {
  type AuthorizationRequest,
  type AuthorizationRequestOptions,
  ConfigurationError,
  type GrantOptions,
  OAuth2Client,
  type OAuth2ClientOptions,
  Token,
  type TokenRecord,
} from "@grantkit/core";
import { divideAndKeep, ownFields, ownOptions } from "@grantkit/core/requests";
import { type AdminConsentOptions, adminConsentUrl } from "./admin-consent.ts";
import { type ClaimsChallenge, refuseOtherTenant } from "./claims-challenge.ts";
import { withAudience } from "./client-certificate.ts";
import { tokenEndpointOf } from "./authority.ts";
import { CLOUDS } from "./cloud.ts";
import { microsoft, type MicrosoftAuthorizationOptions, type MicrosoftOptions } from "./preset.ts";
import type { MicrosoftProfile } from "./profile.ts";
import type { MicrosoftScope } from "./scopes.ts";

/** Options of a `MicrosoftClient`: your app's credentials at Microsoft, who can sign in, and how requests are sent. */
export interface MicrosoftClientOptions extends OAuth2ClientOptions, MicrosoftOptions {}

/** Options of {@link MicrosoftClient.challengeRequest}. */
export interface ChallengeRequestOptions
  extends
    Omit<AuthorizationRequestOptions<MicrosoftScope>, "parameters">,
    Omit<MicrosoftAuthorizationOptions, "claims"> {
  /** The token that the API found insufficient: the challenge has to be of its tenant, and its user signs in again. */
  readonly token: Token | TokenRecord;
}

/** Options of {@link MicrosoftClient.fetchTokenOnBehalfOf}. */
export interface OnBehalfOfOptions extends Omit<GrantOptions, "resource"> {
  /** The scopes of the API that you call; one API for each token. */
  readonly scope: readonly string[];
}

/** A token endpoint that tenants share: it has no tokens for an app itself. */
const SHARED_ENDPOINT = /\/(?:common|organizations|consumers)\/oauth2\/v2\.0\/token$/;

/**
 * A client for sign-in with Microsoft (Entra ID, personal accounts, External ID, Azure AD B2C) and for Microsoft Graph.
 *
 * @example
 * ```ts
 * import { MicrosoftClient } from "@grantkit/provider-microsoft";
 *
 * const microsoft = new MicrosoftClient({
 *   clientId: process.env["MICROSOFT_CLIENT_ID"] ?? "",
 *   clientSecret: process.env["MICROSOFT_CLIENT_SECRET"] ?? "",
 *   tenant: process.env["MICROSOFT_TENANT_ID"] ?? "",
 *   redirectUri: "https://app.example.com/callback/microsoft",
 * });
 * const request = await microsoft.authorizationRequest();
 * // … send the user to request.url, keep request; then, with the callback's URL:
 * const token = await microsoft.fetchToken("/callback/microsoft?code=…&state=…", request);
 * console.log((await microsoft.profile(token)).name);
 * ```
 */
export class MicrosoftClient extends OAuth2Client<
  MicrosoftScope,
  MicrosoftAuthorizationOptions,
  MicrosoftProfile
> {
  readonly #registered: () => Pick<MicrosoftClientOptions, "clientId" | "redirectUri" | "cloud">;

  /**
   * @param options - Your app's credentials, and how requests are sent. Or a function that returns them, which is called
   * when the client is first used: for a module that is imported where environment variables are missing, as in a build.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem. If the options are a function, the first
   * use throws it.
   */
  constructor(options: MicrosoftClientOptions | (() => MicrosoftClientOptions)) {
    const { parts, keptOf } = divideAndKeep(
      options,
      ({ tenant, tenants, cloud, profileId, continuousAccess, endpoints, ...client }) => {
        const preset = { tenant, tenants, cloud, profileId, continuousAccess, endpoints };
        const { clientAuthentication: chosen, clientId } = ownFields(client);
        const authentication = withAudience(chosen, tokenEndpointOf(preset));
        return [
          () => microsoft(preset, clientId),
          { ...client, ...(authentication && { clientAuthentication: authentication }) },
          { ...client, cloud },
        ];
      },
    );
    super(...parts);
    this.#registered = () => keptOf(this);
  }

  /**
   * Begins the sign-in that a claims challenge asks for: with its claims, and the user of the token.
   *
   * @param challenge - What `claimsChallenge(error)` returned.
   * @param options - The token that was refused, and the options of `authorizationRequest()`.
   * @throws OAuthError with code `ISSUER_MISMATCH` for a challenge of another tenant, or of another host than Microsoft's:
   * no request is made; ConfigurationError that lists every problem of the options.
   * @see https://learn.microsoft.com/entra/identity-platform/claims-challenge
   */
  async challengeRequest(
    challenge: ClaimsChallenge,
    options: ChallengeRequestOptions,
  ): Promise<AuthorizationRequest> {
    // JavaScript callers may pass nothing, as claimsChallenge() returns for what is no challenge.
    const { claims: asked, ...hints } = ownOptions(challenge ?? ({} as ClaimsChallenge));
    if (typeof asked !== "string") {
      const problem = "the first argument must be what claimsChallenge(error) returned";
      throw new ConfigurationError("challengeRequest()", [problem], this.provider.name);
    }
    const {
      token,
      loginHint: chosen,
      ...rest
    } = ownOptions(options ?? ({} as ChallengeRequestOptions));
    const claims: Readonly<Record<string, unknown>> = ownFields(Token.from(token).claims ?? {});
    const { tid, login_hint: hint, preferred_username: name } = claims;
    refuseOtherTenant(
      hints,
      this.provider.endpoints.authorization as string,
      typeof tid === "string" ? [tid.toLowerCase()] : [],
    );
    const loginHint = chosen ?? [hint, name].find((each) => typeof each === "string");
    return this.authorizationRequest({
      ...rest,
      claims: asked,
      ...(loginHint !== undefined && { loginHint }),
    });
  }

  /**
   * Fetches a token for the app itself, in one tenant. To call an API, `clientCredentialsSession()` is shorter.
   *
   * @param options - `scope`: that of one API, for example `https://graph.microsoft.com/.default`.
   * @throws OAuthError: `INVALID_CLIENT`, `UNAUTHORIZED_CLIENT`, `INVALID_SCOPE`, …; ConfigurationError for a client whose
   * tenant is `common`, `organizations` or `consumers`, before anything is sent, and for one without a credential.
   * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
   */
  override async fetchClientCredentialsToken(options: GrantOptions = {}): Promise<Token> {
    if (SHARED_ENDPOINT.test(this.provider.endpoints.token)) {
      const problem =
        "the app itself gets tokens of one tenant: set the option tenant to the ID of the tenant (and endpoints, if you set them, to those of that tenant)";
      throw new ConfigurationError("fetchClientCredentialsToken()", [problem], this.provider.name);
    }
    return super.fetchClientCredentialsToken(options);
  }

  /**
   * Fetches a token for another API in the name of the user who called yours (on-behalf-of flow). The token that your API
   * received must be for your app: verify it first.
   *
   * @param assertion - The access token that your API received.
   * @throws OAuthError: `INTERACTION_REQUIRED` when the user has to consent or to prove more, with the challenge for your
   * caller in `claimsChallenge(error)`; `INVALID_GRANT` for a token that is expired or of another app, ….
   * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow
   */
  async fetchTokenOnBehalfOf(assertion: string, options: OnBehalfOfOptions): Promise<Token> {
    const { scope, parameters, signal } = ownOptions(options ?? ({} as OnBehalfOfOptions));
    if (!Array.isArray(scope) || scope.length === 0) {
      const problem = "scope is missing: name the scopes of one API, for example User.Read";
      throw new ConfigurationError("fetchTokenOnBehalfOf()", [problem], this.provider.name);
    }
    return this.fetchJwtBearerToken({
      assertion,
      scope,
      parameters: { ...parameters, requested_token_use: "on_behalf_of" },
      ...(signal && { signal }),
    });
  }

  /**
   * Builds the URL at which an administrator consents for all users of a tenant. Read the callback with
   * `readAdminConsent()`.
   *
   * @throws ConfigurationError that lists every problem of the options.
   * @see https://learn.microsoft.com/entra/identity-platform/v2-admin-consent
   */
  adminConsentUrl(options: AdminConsentOptions): string {
    const { clientId, redirectUri, cloud = "global" } = this.#registered();
    const authorizationEndpoint = this.provider.endpoints.authorization as string;
    const { graph } = CLOUDS[cloud];
    return adminConsentUrl(options, { clientId, redirectUri, authorizationEndpoint, graph });
  }
}

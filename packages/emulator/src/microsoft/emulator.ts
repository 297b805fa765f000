import { approveDevice, visibleText } from "../consent/click-through.ts";
import type { ConsentChoice } from "../consent/click-through.ts";
import { requestOfFormPost } from "../consent/form-post-page.ts";
import { defineEmulator } from "../define-emulator.ts";
import type { DefinedEmulator } from "../defined-emulator.ts";
import type { Emulator } from "../emulator.ts";
import { codeStore } from "../oauth/authorization-codes.ts";
import { deviceCodes } from "../oauth/device-codes.ts";
import { signingKeys } from "../oauth/signing-keys.ts";
import { serveAdminConsent, serveLogout } from "./admin-consent.ts";
import { serveAuthorization } from "./authorization.ts";
import { serveB2cAuthorization } from "./b2c-authorization.ts";
import { serveB2cDiscovery } from "./b2c-discovery.ts";
import { b2cEndpoints } from "./b2c-endpoints.ts";
import type { MicrosoftB2cEndpoints } from "./b2c-endpoints.ts";
import { b2cGrants } from "./b2c-grants.ts";
import { serveB2cToken } from "./b2c-token-endpoint.ts";
import { certificates } from "./certificates.ts";
import type { MicrosoftCertificate } from "./certificates.ts";
import {
  FEDERATED_SUBJECT,
  FEDERATION_AUDIENCE,
  federatedIssuer,
} from "./client-authentication.ts";
import { continuousAccess } from "./continuous-access.ts";
import { DEVICE_PAGE_PATH, serveDeviceFlow } from "./device-flow.ts";
import { serveDiscovery } from "./discovery.ts";
import { adminConsentUrl, microsoftEndpoints } from "./endpoints.ts";
import type { MicrosoftEndpoints } from "./endpoints.ts";
import { microsoftFailures } from "./failures.ts";
import { serveGraph } from "./graph.ts";
import { IDENTITY_HEADER, serveManagedIdentity } from "./managed-identity.ts";
import { microsoftSwitches } from "./options.ts";
import type { MicrosoftFailure, MicrosoftOptions, MicrosoftSwitches } from "./options.ts";
import type { MicrosoftServer } from "./server.ts";
import { serveToken } from "./token-endpoint.ts";
import { microsoftTokens } from "./tokens.ts";
import { EXTERNAL_TENANT, HOME_TENANT, microsoftUsers } from "./users.ts";
import type { MicrosoftUser } from "./users.ts";

/** A token of another identity provider. */
export interface MicrosoftFederatedToken {
  /**
   * The `sub` claim.
   *
   * @defaultValue the one that the application trusts
   */
  readonly subject?: string;
  /**
   * The `aud` claim.
   *
   * @defaultValue "api://AzureADTokenExchange"
   */
  readonly audience?: string;
}

/** A running emulator of Microsoft Entra ID. */
export interface MicrosoftEmulator extends Emulator<
  "microsoft",
  MicrosoftEndpoints,
  MicrosoftUser,
  MicrosoftSwitches,
  MicrosoftFailure
> {
  /** Id of the tenant in which the application is registered. */
  readonly tenantId: string;
  /** Value of the header `X-IDENTITY-HEADER` for the managed identity endpoint of App Service, `/msi/token`. */
  readonly identityHeader: string;
  /** Id of the tenant of Entra External ID, for `tenantEndpoints()`, where every user has a customer account. */
  readonly externalTenantId: string;
  /** Returns the URLs for a tenant: `common` (as in `endpoints`), `organizations`, `consumers` or the id of a tenant. */
  tenantEndpoints(tenant: string): MicrosoftEndpoints;
  /** The URL where an administrator consents for a tenant: the one of the user, or the one in the place of `common`. */
  readonly adminConsentUrl: string;
  /**
   * Returns the URLs of Azure AD B2C for a user flow or custom policy: a name that begins with `B2C_1_` or `B2C_1A_`, by
   * default `B2C_1_signupsignin`.
   */
  b2cEndpoints(policy?: string): MicrosoftB2cEndpoints;
  /** Signs tokens with new keys from now on, and resolves to the id of the one of organizations. */
  rotateKeys(): Promise<string>;
  /** Creates a certificate with its key, and registers it for the application. */
  createCertificate(): Promise<MicrosoftCertificate>;
  /** Signs a token of another identity provider, for use as a client assertion (workload identity federation). */
  createFederatedToken(token?: MicrosoftFederatedToken): Promise<string>;
  /**
   * Revokes the refresh tokens of a user (by default the first), as an administrator can. Graph then challenges the user's
   * access tokens, if their client has the capability `cp1`.
   */
  revokeSessions(user?: string): void;
  /**
   * Does what `authorize()` does for a request with `response_mode=form_post`, and resolves to the request that the browser
   * would send to the redirect URI, as `fetch()` takes it.
   */
  authorizeWithFormPost(authorizationUrl: string | URL, choice?: ConsentChoice): Promise<Request>;
  /** Does over HTTP what a person with a device's user code would click. Rejects if the code is unknown. */
  approveDevice(userCode: string, choice?: ConsentChoice): Promise<void>;
}

/** The definition of the Microsoft emulator. */
export const microsoft: DefinedEmulator<MicrosoftOptions, MicrosoftEmulator> = defineEmulator({
  provider: "microsoft",
  theme: { providerName: "Microsoft", accent: "#7a4a00", accentOnDark: "#e8b96a" },
  application: {
    clientId: "66666666-ffff-4fff-8fff-666666666666",
    clientSecret: "microsoft-emulator-secret",
  },
  switches: microsoftSwitches,
  endpoints: (origin) => microsoftEndpoints(origin),
  otherUrls: (origin) => ({ adminConsentUrl: adminConsentUrl(origin) }),
  users: microsoftUsers,
  userNames: ({ oid, userPrincipalName, name, email }) => [oid, name, userPrincipalName, email],
  failures: (_, now) => microsoftFailures(now),
  server: (base): MicrosoftServer => ({
    ...base,
    keys: signingKeys(),
    consumerKeys: signingKeys(),
    b2cKeys: signingKeys(),
    federatedKeys: signingKeys(),
    certificates: certificates(),
    codes: codeStore(base.now),
    devices: deviceCodes(base.now),
    tokens: microsoftTokens(base.switches, base.now),
    continuousAccess: continuousAccess(base.switches, base.now),
    b2cGrants: b2cGrants(base.switches, base.now),
    identityTokens: new Map(),
    consented: new Set(),
  }),
  configured: (server, changes) => {
    if (changes.claimsChallenge !== undefined) server.continuousAccess.forget();
  },
  routes: [
    serveDiscovery,
    serveManagedIdentity,
    serveAuthorization,
    serveToken,
    serveDeviceFlow,
    serveAdminConsent,
    serveLogout,
    serveB2cDiscovery,
    serveB2cAuthorization,
    serveB2cToken,
    serveGraph,
  ],
  expireAccessTokens: ({ tokens }) => tokens.expireAccess(),
  controls: (server, visit) => ({
    tenantId: HOME_TENANT,
    externalTenantId: EXTERNAL_TENANT,
    identityHeader: IDENTITY_HEADER,
    adminConsentUrl: adminConsentUrl(server.origin),
    b2cEndpoints: (policy) => b2cEndpoints(server, policy),
    tenantEndpoints: (tenant) => microsoftEndpoints(server.origin, tenant),
    rotateKeys: async () => {
      const { keys, consumerKeys, b2cKeys } = server;
      const [id] = await Promise.all([keys.rotate(), consumerKeys.rotate(), b2cKeys.rotate()]);
      return id;
    },
    createCertificate: () => server.certificates.create(),
    createFederatedToken: ({
      subject = FEDERATED_SUBJECT,
      audience = FEDERATION_AUDIENCE,
    } = {}) => {
      const iat = Math.floor(server.now() / 1000);
      const iss = federatedIssuer(server);
      return server.federatedKeys.sign({ iss, sub: subject, aud: audience, iat, exp: iat + 3600 });
    },
    revokeSessions: (user = server.users[0]?.oid ?? "") => {
      const { oid } = server.requireUser(user);
      server.tokens.revokeUser(oid, server.continuousAccess.nextTime());
      server.b2cGrants.revokeUser(oid);
    },
    authorizeWithFormPost: async (url, choice) => {
      const response = await visit(String(url), choice);
      const pageText = await response.text();
      const request = requestOfFormPost(pageText);
      if (request !== undefined) return request;
      throw new Error(
        `The emulator of Microsoft posted no form (HTTP ${response.status}): ${visibleText(pageText)}`,
      );
    },
    approveDevice: (userCode, choice) =>
      approveDevice(visit, server.origin + DEVICE_PAGE_PATH, userCode, choice),
  }),
});

/**
 * Starts an emulator of Microsoft Entra ID and a part of Microsoft Graph on 127.0.0.1.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
 */
export function startMicrosoft(options: MicrosoftOptions = {}): Promise<MicrosoftEmulator> {
  return microsoft.start(options);
}

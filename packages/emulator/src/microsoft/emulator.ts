import { approveDevice } from "../consent/click-through.ts";
import type { ConsentChoice } from "../consent/click-through.ts";
import { defineEmulator } from "../define-emulator.ts";
import type { DefinedEmulator } from "../defined-emulator.ts";
import type { Emulator } from "../emulator.ts";
import { codeStore } from "../oauth/authorization-codes.ts";
import { deviceCodes } from "../oauth/device-codes.ts";
import { signingKeys } from "../oauth/signing-keys.ts";
import { serveAdminConsent, serveLogout } from "./admin-consent.ts";
import { serveAuthorization } from "./authorization.ts";
import { certificates } from "./certificates.ts";
import type { MicrosoftCertificate } from "./certificates.ts";
import {
  FEDERATED_SUBJECT,
  FEDERATION_AUDIENCE,
  federatedIssuer,
} from "./client-authentication.ts";
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
import { HOME_TENANT, microsoftUsers } from "./users.ts";
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
  /** Returns the URLs for a tenant: `common` (as in `endpoints`), `organizations`, `consumers` or the id of a tenant. */
  tenantEndpoints(tenant: string): MicrosoftEndpoints;
  /** The URL where an administrator consents for a tenant: the one of the user, or the one in the place of `common`. */
  readonly adminConsentUrl: string;
  /** Signs tokens with new keys from now on, and resolves to the id of the one of organizations. */
  rotateKeys(): Promise<string>;
  /** Creates a certificate with its key, and registers it for the application. */
  createCertificate(): Promise<MicrosoftCertificate>;
  /** Signs a token of another identity provider, for use as a client assertion (workload identity federation). */
  createFederatedToken(token?: MicrosoftFederatedToken): Promise<string>;
  /** Revokes the refresh tokens of a user (by default the first), as an administrator can. */
  revokeSessions(user?: string): void;
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
    federatedKeys: signingKeys(),
    certificates: certificates(),
    codes: codeStore(base.now),
    devices: deviceCodes(base.now),
    tokens: microsoftTokens(base.switches, base.now),
    consented: new Set(),
  }),
  routes: [
    serveDiscovery,
    serveManagedIdentity,
    serveAuthorization,
    serveToken,
    serveDeviceFlow,
    serveAdminConsent,
    serveLogout,
    serveGraph,
  ],
  expireAccessTokens: ({ tokens }) => tokens.expireAccess(),
  controls: (server, visit) => ({
    tenantId: HOME_TENANT,
    identityHeader: IDENTITY_HEADER,
    adminConsentUrl: adminConsentUrl(server.origin),
    tenantEndpoints: (tenant) => microsoftEndpoints(server.origin, tenant),
    rotateKeys: async () => {
      const [id] = await Promise.all([server.keys.rotate(), server.consumerKeys.rotate()]);
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
    revokeSessions: (user = server.users[0]?.oid ?? "") =>
      server.tokens.revokeUser(server.requireUser(user).oid),
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

import type { EmulatorOptions } from "../emulator.ts";
import { idTokenFlawSwitch } from "../oauth/id-token-flaws.ts";
import type { IdTokenFlaw } from "../oauth/id-token-flaws.ts";
import { oneOf, onOff, wholeNumber } from "../server/switches.ts";
import type { SwitchTable } from "../server/switches.ts";
import type { MicrosoftUser } from "./users.ts";

/**
 * Switches for behavior that varies at Microsoft Entra ID, and for faults to test against.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
 * @see https://learn.microsoft.com/entra/identity-platform/refresh-tokens
 * @see https://learn.microsoft.com/entra/identity-platform/claims-challenge
 * @see https://learn.microsoft.com/azure/active-directory-b2c/configure-tokens#token-compatibility-settings
 */
export interface MicrosoftSwitches {
  /**
   * The `iss` parameter of the callback: none, the issuer, or a wrong issuer.
   *
   * @defaultValue false
   */
  readonly iss: boolean | "wrong";
  /**
   * The flaw of ID tokens.
   *
   * @defaultValue "none"
   */
  readonly idToken: IdTokenFlaw;
  /**
   * The key of ID tokens: one whose `issuer` is that of the user's tenant, or one of another issuer.
   *
   * @defaultValue "own"
   */
  readonly signingKey: "own" | "of-another-issuer";
  /**
   * Who may sign in: any account, accounts of any organization, accounts of the home tenant, or personal accounts.
   *
   * @defaultValue "any"
   */
  readonly signInAudience: "any" | "organizations" | "home-tenant" | "consumers";
  /**
   * Whether the application has a secret or a certificate, or is a public one (mobile or desktop), which may have none.
   *
   * @defaultValue "confidential"
   */
  readonly clientType: "confidential" | "public";
  /**
   * The `groups` claim of ID tokens: none, the user's groups (a reference to Graph if there are more than 200), or always the
   * reference.
   *
   * @defaultValue "none"
   */
  readonly groups: "none" | "claim" | "overage";
  /**
   * Whether ID tokens have the optional claim `xms_edov`: whether the domain of the e-mail address is verified.
   *
   * @defaultValue false
   */
  readonly xmsEdov: boolean;
  /**
   * Names of scopes in replies: as requested, or those of Graph with its URL.
   *
   * @defaultValue "as-requested"
   */
  readonly scopeNames: "as-requested" | "long";
  /**
   * Whether Graph demands that users sign in again (continuous access evaluation): it answers tokens of clients with the
   * capability `cp1` by 401 and `insufficient_claims`, unless they were requested with the `claims` of this challenge. Setting
   * it to `true` again raises another challenge.
   *
   * @defaultValue false
   */
  readonly claimsChallenge: boolean;
  /**
   * Azure AD B2C: the issuer of a policy's tokens is that of the tenant, or one with the policy in it.
   *
   * @defaultValue "tenant"
   */
  readonly b2cIssuer: "tenant" | "policy";
  /**
   * Azure AD B2C: the claim with the name of the policy. Older policies have `acr`; custom ones can leave it out.
   *
   * @defaultValue "tfp"
   */
  readonly b2cPolicyClaim: "tfp" | "acr" | "none";
  /**
   * The tokens of the managed identity: always new ones, or those that were issued before, even if they have expired. Only the
   * endpoint of virtual machines has a way past this cache: `bypass_cache=true`.
   *
   * @defaultValue "none"
   */
  readonly identityCache: "none" | "stale";
  /**
   * A refresh token that was used: it works on, as at Microsoft, or is refused.
   *
   * @defaultValue "accepted"
   */
  readonly refreshTokenReuse: "accepted" | "refused";
  /**
   * Lifetime of access tokens in seconds. Microsoft varies it between 60 and 90 minutes.
   *
   * @defaultValue 4799
   */
  readonly accessTokenLifetime: number;
  /**
   * Lifetime of refresh tokens in seconds.
   *
   * @defaultValue 7776000
   */
  readonly refreshTokenLifetime: number;
  /**
   * Minimum number of seconds between two polls of a device.
   *
   * @defaultValue 5
   */
  readonly deviceInterval: number;
}

/** Options of {@link startMicrosoft}: those of every emulator, and the initial value of each switch. */
export interface MicrosoftOptions
  extends EmulatorOptions<MicrosoftUser>, Partial<MicrosoftSwitches> {}

/** Microsoft's switches with their defaults. */
export const microsoftSwitches: SwitchTable<MicrosoftSwitches> = {
  iss: oneOf<boolean | "wrong">(false, true, "wrong"),
  idToken: idTokenFlawSwitch,
  signingKey: oneOf("own", "of-another-issuer"),
  signInAudience: oneOf("any", "organizations", "home-tenant", "consumers"),
  clientType: oneOf("confidential", "public"),
  groups: oneOf("none", "claim", "overage"),
  xmsEdov: onOff(false, "ID tokens have the claim xms_edov"),
  scopeNames: oneOf("as-requested", "long"),
  claimsChallenge: onOff(false, "Graph answers with claims challenges"),
  b2cIssuer: oneOf("tenant", "policy"),
  b2cPolicyClaim: oneOf("tfp", "acr", "none"),
  identityCache: oneOf("none", "stale"),
  refreshTokenReuse: oneOf("accepted", "refused"),
  accessTokenLifetime: wholeNumber(4799),
  refreshTokenLifetime: wholeNumber(7_776_000),
  deviceInterval: wholeNumber(5),
};

/** The names of failures that Microsoft is known for. */
export type MicrosoftFailure =
  | "api-invalid-token"
  | "api-forbidden"
  | "api-not-found"
  | "api-throttled"
  | "api-unavailable"
  | "token-consent-required"
  | "token-mfa-required"
  | "token-refresh-expired"
  | "token-refresh-revoked"
  | "token-throttled"
  | "token-unavailable";

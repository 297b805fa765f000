import {
  isObject,
  must,
  mustBeFlag,
  mustBeFunction,
  mustBeListOf,
  type OptionRule,
  optionProblems,
  type OptionRules,
  isFilledText,
} from "../options/option-rules.ts";
import type { IdTokenRules } from "./id-token-rules.ts";
import type { Issuer } from "./issuer.ts";

/** The part of a provider's definition that its ID tokens are checked against. */
export interface IdTokenProvider {
  readonly name: string;
  readonly issuer?: Issuer;
  readonly endpoints: { readonly jwks?: string };
  readonly idToken?: IdTokenRules | false;
}

/** Bytes that a client secret needs for each HMAC: as many as the hash has (RFC 7518 §3.2). */
const SECRET_BYTES: ReadonlyMap<string, number> = new Map([
  ["HS256", 32],
  ["HS384", 48],
  ["HS512", 64],
]);

const DEFAULT_ALGORITHMS: readonly string[] = ["RS256"];

const mustBeAlgorithms = mustBeListOf("algorithms", 'be a name, for example "RS256"', isFilledText);

const algorithms: OptionRule = (value, name, all) => {
  const problems = mustBeAlgorithms(value, name, all);
  if (problems.length > 0 || !Array.isArray(value)) return problems;
  if (value.length === 0) return [`${name} must list at least one algorithm`];
  if (value.some((algorithm: string) => algorithm.toLowerCase() === "none")) {
    return [`${name} must not list none: everybody can write an ID token without a signature`];
  }
  const hmacs = value.filter((algorithm: string) => SECRET_BYTES.has(algorithm));
  return hmacs.length === 0 || hmacs.length === value.length
    ? []
    : [
        `${name} must not mix ${hmacs.join(" and ")}, which the client secret verifies, with algorithms of public keys: make a definition for each`,
      ];
};

const ID_TOKEN_RULES: OptionRules<IdTokenRules> = {
  algorithms,
  nonce: mustBeFlag,
  issuerWithoutScheme: mustBeFlag,
  audiences: mustBeListOf("audiences", "be a string", isFilledText),
  authorizedParties: mustBeListOf("client IDs", "be a client ID", isFilledText),
  userInfoWithoutSub: mustBeFlag,
  checkClaims: mustBeFunction,
  requestedClaims: must(
    "be an object of claims by the names of parameters",
    (value) => isObject(value) && Object.values(value).every(isFilledText),
  ),
};

/** Takes the rules of a provider's ID tokens, or `false`. */
export const mustBeIdTokenRules: OptionRule = (value, name) =>
  value === undefined || value === false ? [] : optionProblems(value, ID_TOKEN_RULES, `${name}.`);

/** The signature algorithms that a provider's ID tokens may have. */
export function algorithmsOf({ idToken }: IdTokenProvider): readonly string[] {
  return (idToken ? idToken.algorithms : undefined) ?? DEFAULT_ALGORITHMS;
}

/** Whether the client secret verifies a provider's ID tokens, instead of published keys. */
export function isVerifiedBySecret(provider: IdTokenProvider): boolean {
  return algorithmsOf(provider).some((algorithm) => SECRET_BYTES.has(algorithm));
}

/** Whether ID tokens of a provider can be verified: it has an issuer, and keys or an HMAC. */
export function canVerifyIdTokens(provider: IdTokenProvider): boolean {
  const { issuer, endpoints, idToken } = provider;
  if (issuer === undefined || idToken === false) return false;
  return endpoints.jwks !== undefined || isVerifiedBySecret(provider);
}

/** Lists why a client secret cannot verify the provider's ID tokens; nothing where published keys verify them. */
export function secretProblems(provider: IdTokenProvider, secret: string | undefined): string[] {
  if (!isVerifiedBySecret(provider)) return [];
  const names = algorithmsOf(provider);
  if (secret === undefined) {
    return [
      `clientSecret is missing: it verifies this provider's ID tokens (idToken.algorithms: ${names.join(", ")})`,
    ];
  }
  const { length } = new TextEncoder().encode(secret);
  return names
    .filter((name) => length < (SECRET_BYTES.get(name) as number))
    .map(
      (name) =>
        `clientSecret is too short for ${name}: it has ${length} bytes, and needs ${SECRET_BYTES.get(name)} (RFC 7518 §3.2)`,
    );
}

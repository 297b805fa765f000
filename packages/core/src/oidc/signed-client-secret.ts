import { type Clock, systemClock } from "../clock.ts";
import { ConfigurationError, throwProblems } from "../errors/configuration-error.ts";
import {
  must,
  optionProblems,
  type OptionRule,
  type OptionRules,
  mustBeClock,
} from "../options/option-rules.ts";
import { ownOptions } from "../options/own-fields.ts";
import type { ClientSecretSource } from "./client-secret.ts";
import type { SigningKey } from "./signing-key.ts";

/** What `signedClientSecret()` signs, and with which key. */
export interface SignedClientSecretOptions {
  /** The `iss` claim; for Apple the team ID. */
  readonly issuer: string;
  /** The `sub` claim: the client ID; for Apple the Services ID. */
  readonly subject: string;
  /** The `aud` claim: the provider; for Apple `https://appleid.apple.com`. */
  readonly audience: string;
  /** The private key: PEM (PKCS #8), JWK, `KeyObject` or `CryptoKey`; for Apple the text of the `.p8` file. */
  readonly key: SigningKey;
  /**
   * The key's id, for the `kid` header; for Apple the name of the `.p8` file has it.
   *
   * @defaultValue the `kid` of a JWK
   */
  readonly keyId?: string;
  /**
   * The signature algorithm.
   *
   * @defaultValue `"ES256"`
   */
  readonly algorithm?: string;
  /**
   * Seconds that a signed secret is valid: from 120 to 15,777,000, the six months that Apple accepts at most. A secret that
   * leaks works so long.
   *
   * @defaultValue `3600`
   */
  readonly lifetime?: number;
  /** The clock, for tests: the client's. */
  readonly clock?: Clock;
}

/** Seconds. */
const DEFAULT_LIFETIME = 3600;
const SHORTEST_LIFETIME = 120;
/** Seconds: Apple refuses a secret that expires later. */
const LONGEST_LIFETIME = 15_777_000;

const mustBeFilled: OptionRule = (value, name) =>
  typeof value === "string" && value.trim() !== ""
    ? []
    : [`${name} is missing: pass a string (is the environment variable set?)`];

const mayBeFilled: OptionRule = (value, name, options) =>
  value === undefined ? [] : mustBeFilled(value, name, options);

const RULES: OptionRules<SignedClientSecretOptions> = {
  issuer: mustBeFilled,
  subject: mustBeFilled,
  audience: mustBeFilled,
  key: (value, name) =>
    (value ?? "") === ""
      ? [`${name} is missing: pass the private key (is the environment variable set?)`]
      : [],
  keyId: mayBeFilled,
  algorithm: mayBeFilled,
  lifetime: must(
    "be a number of seconds from 120 to 15777000",
    (value) => typeof value === "number" && value >= SHORTEST_LIFETIME && value <= LONGEST_LIFETIME,
  ),
  clock: mustBeClock,
};

/**
 * Makes the `clientSecret` of a provider whose secret is a JWT that the app signs, as Apple's is. The client signs the next
 * one before the last one expires. The key is imported at the first token request, whose ConfigurationError says what is
 * wrong with it.
 *
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem.
 * @see https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret
 *
 * @example
 * ```ts
 * import { defineProvider, OAuth2Client, signedClientSecret } from "@grantkit/core";
 *
 * const apple = defineProvider({
 *   name: "apple",
 *   issuer: "https://appleid.apple.com",
 *   endpoints: {
 *     authorization: "https://appleid.apple.com/auth/authorize",
 *     token: "https://appleid.apple.com/auth/token",
 *     revocation: "https://appleid.apple.com/auth/revoke",
 *     jwks: "https://appleid.apple.com/auth/keys",
 *   },
 * });
 *
 * export const connect = (privateKey: string) =>
 *   new OAuth2Client(apple, {
 *     clientId: "com.example.app",
 *     clientSecret: signedClientSecret({
 *       issuer: "TEAM123456",
 *       subject: "com.example.app",
 *       audience: "https://appleid.apple.com",
 *       key: privateKey,
 *       keyId: "KEY1234567",
 *     }),
 *     redirectUri: "https://app.example.com/callback/apple",
 *   });
 * ```
 */
export function signedClientSecret(options: SignedClientSecretOptions): ClientSecretSource {
  const own = ownOptions(options);
  throwProblems("signedClientSecret()", optionProblems(own, RULES));
  const { issuer, subject, audience, key, keyId, algorithm = "ES256" } = own;
  const { lifetime = DEFAULT_LIFETIME, clock = systemClock } = own;
  return async () => {
    const { importOnce } = await import("./import-once.ts");
    const { signJwt } = await import("./jwt-signing.ts");
    const now = Math.floor(clock.now() / 1000);
    const claims = {
      iss: issuer,
      iat: now,
      exp: now + Math.floor(lifetime),
      aud: audience,
      sub: subject,
    };
    try {
      const secret = await signJwt(claims, await importOnce(own, { key, algorithm, keyId }));
      return { secret, expiresAt: claims.exp * 1000 };
    } catch (error) {
      const problem = error instanceof TypeError ? error.message : "the secret cannot be signed";
      throw new ConfigurationError("signedClientSecret()", [problem]);
    }
  };
}

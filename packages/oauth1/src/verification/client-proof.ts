import { ConfigurationError, type SigningKey } from "@grantkit/core";
import { isObject, must, sameSecret } from "@grantkit/core/requests";
import type { DigestName } from "../signing/crypto.ts";
import type { RsaKey } from "../signing/key-material.ts";
import { keyProblem, rsaKey } from "../signing/rsa-keys.ts";
import { type MethodDefinition, signatureOf, SigningKeys } from "../signing/signature-methods.ts";
import type { Claims } from "./claims.ts";

/** The credentials of a client, and of its token if the request names one. */
export interface VerificationCredentials {
  /** The client secret, for HMAC methods and PLAINTEXT. */
  readonly clientSecret?: string | undefined;
  /** The secret of the token that the request names; empty if it has none. Without it, these methods refuse the token. */
  readonly resourceOwnerSecret?: string | undefined;
  /** The client's public key, for RSA methods: PEM (a certificate too, in Node), JWK, `KeyObject` or `CryptoKey`. */
  readonly publicKey?: SigningKey | undefined;
}

/** A key whose private half nobody has: verifying an unknown client with it takes as long as verifying a known one. */
const NOBODY_KEY: SigningKey = {
  kty: "RSA",
  e: "AQAB",
  n: "mnvLF46p392uCGbk_HnI97Xyc8AnuI_cZSj493ZOEnmbsilfQYWQMgkmlEDOu7HbmZgPc9akgFMkwhM1GySsvQXjj9RnwrhZFODl7XU31-ML7PtXLnsnOgquXUe4YYl3Nro3viBF1OJI8dmINlrY-b0QVRjMS5ssb0YmNYO6p_VAw-yjF75_yMTPm54xHA2v4JN9hfI2RsdGQi1HkfsIty9IOj3i_-RNs6_eiolmRNhOFKZNmW3HghRRaFO1obgmpCwV8dsJWi-5SeqPfoWwEzRkeI5ZFOd11g9S9z_gkmM4yUJVLMiWUin5lRCgLiFpekL23zx6KqkxXNxPvUNuoQ",
};
const NOBODY_SECRET = "no client of anybody has this secret";

/** What a request's signature is verified with. */
export interface ClientProof {
  /** Whether the client is known, with its token and a key for the signature method. */
  readonly isKnown: boolean;
  /** Whether the client signed a base string; for an unknown client this takes as long as for a wrong signature. */
  verify(baseString: string): Promise<boolean>;
}

/** Finds what the signature of a request is verified with. */
export function clientProof(
  method: MethodDefinition,
  claims: Claims,
  credentials: VerificationCredentials | undefined,
): ClientProof {
  if (method.kind === "rsa") {
    const { digest } = method;
    const key = publicKeyOf(credentials, digest);
    return {
      isKnown: key !== undefined,
      async verify(baseString) {
        const { signature } = claims;
        const used = key ?? rsaKey(NOBODY_KEY, "public");
        return (await used.verify(digest, baseString, signature)) && key !== undefined;
      },
    };
  }
  const known = sharedSecretsOf(credentials, claims);
  return {
    isKnown: known !== undefined,
    async verify(baseString) {
      const { clientSecret = NOBODY_SECRET, resourceOwnerSecret = "" } = known ?? {};
      const keys = new SigningKeys(clientSecret, resourceOwnerSecret);
      const expected = await signatureOf(method, baseString, keys);
      return sameSecret(claims.signature, expected) && known !== undefined;
    },
  };
}

function sharedSecretsOf(
  credentials: VerificationCredentials | undefined,
  { resourceOwnerKey }: Claims,
): { readonly clientSecret: string; readonly resourceOwnerSecret: string } | undefined {
  const { clientSecret, resourceOwnerSecret } = credentials ?? {};
  if (clientSecret === undefined) return undefined;
  // If a missing secret counted as an empty one, any client could act for any user.
  if (resourceOwnerKey !== undefined && resourceOwnerSecret === undefined) return undefined;
  return {
    clientSecret,
    resourceOwnerSecret: resourceOwnerKey === undefined ? "" : (resourceOwnerSecret ?? ""),
  };
}

function publicKeyOf(
  credentials: VerificationCredentials | undefined,
  digest: DigestName,
): RsaKey | undefined {
  if (credentials?.publicKey === undefined) return undefined;
  const key = rsaKey(credentials.publicKey, "public");
  return key.digest === undefined || key.digest === digest ? key : undefined;
}

// Anybody has a client's public key, and could make an HMAC signature with it.
const mustBeNoPublicKey = must(
  "be a secret, and it is a public key: pass it as publicKey",
  (value) =>
    typeof value !== "string" ||
    !/^\s*-----BEGIN [\w ]*(?:PUBLIC KEY|CERTIFICATE)-----/.test(value),
);
const mustBeText = must("be a string", (value) => typeof value === "string");
const mustBeFilled = must(
  "be a string that is not empty",
  (value) => typeof value === "string" && value !== "",
);

/** @throws ConfigurationError (`CONFIGURATION_INVALID`) for a result that a lookup should not have returned. */
export function checkCredentials(credentials: unknown): void {
  const problems = credentialProblems(credentials);
  if (problems.length > 0) throw new ConfigurationError("What the lookup returned", problems);
}

function credentialProblems(credentials: unknown): string[] {
  if (!isObject(credentials)) {
    return ["it must be an object with clientSecret or publicKey, or undefined"];
  }
  // Present but undefined is an unknown client: a Map gives that.
  if (!("clientSecret" in credentials) && !("publicKey" in credentials)) {
    return ["it must have clientSecret or publicKey; for an unknown client return undefined"];
  }
  const { clientSecret, resourceOwnerSecret, publicKey } = credentials;
  const keyReason = publicKey === undefined ? undefined : keyProblem(publicKey, "public");
  return [
    ...mustBeFilled(clientSecret, "clientSecret", {}),
    ...mustBeNoPublicKey(clientSecret, "clientSecret", {}),
    ...mustBeText(resourceOwnerSecret, "resourceOwnerSecret", {}),
    ...(keyReason === undefined ? [] : [`publicKey ${keyReason}`]),
  ];
}

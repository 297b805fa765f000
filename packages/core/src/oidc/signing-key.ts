import type { CryptoKey, JWK, KeyObject } from "jose";

/** A private key: PEM, JWK, Node's `KeyObject` or the platform's `CryptoKey`. */
export type SigningKey = string | JWK | KeyObject | CryptoKey;

/** A pair of `CryptoKey`s. */
export interface WebKeyPair {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** A private key, with how it signs where the key itself does not say. */
export interface Signer {
  /** The key. */
  readonly key: SigningKey;
  /** The signature algorithm; by default the usual one for the kind of key. */
  readonly algorithm?: string | undefined;
  /** The key's id, for the `kid` header; by default that of a JWK. */
  readonly keyId?: string | undefined;
}

/** An imported private key. */
export interface ImportedKey {
  readonly key: CryptoKey;
  readonly algorithm: string;
  readonly keyId: string | undefined;
  /** The public half, where the key could be read. */
  readonly publicJwk?: PublicJwk;
}

/** A public key as a JWK with the key's own fields only. */
export type PublicJwk = Readonly<Pick<JWK, "kty" | "crv" | "x" | "y" | "e" | "n">>;

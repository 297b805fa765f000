import type { JWK } from "jose";
import { randomToken } from "../crypto/random.ts";
import type { Clock } from "../clock.ts";
import { sha256 } from "../crypto/digest.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import type { ImportedKey, PublicJwk, SigningKey, WebKeyPair } from "../oidc/jose.ts";

/**
 * The key that a client's tokens are bound to (RFC 9449): whoever steals one of them cannot use it without the key.
 *
 * `true` makes a key that lives as long as the client does: enough for tokens that are not stored. For those that are,
 * keep a key beside them, see `generateDpopKey()`. A `CryptoKey` that cannot be exported comes as a pair.
 */
export type DpopOption =
  | true
  | {
      /** The private key: PEM, JWK, `KeyObject` or `CryptoKey`. */
      readonly key: SigningKey;
      /**
       * The signature algorithm.
       *
       * @defaultValue the usual one for the kind of key: ES256, RS256, …
       */
      readonly algorithm?: string;
    }
  | WebKeyPair;

/** What a proof is for. */
export interface ProvenRequest {
  readonly method: string;
  readonly url: URL;
  /** The token that goes along; none goes to the token endpoint. */
  readonly accessToken?: string | undefined;
  /** The nonce that an answer to this very request asked for; the server's newest one otherwise. */
  readonly nonce?: string | undefined;
}

interface ProverKey {
  readonly imported: ImportedKey;
  readonly publicJwk: PublicJwk;
  readonly thumbprint: string;
}

const MOST_ORIGINS = 100;

/** Makes the proofs of one client, and keeps the newest nonce of each server. */
export class DpopProver {
  readonly #option: DpopOption;
  readonly #clock: Clock;
  readonly #provider: string;
  readonly #nonces = new Map<string, string>();
  #key: Promise<ProverKey> | undefined;

  constructor(provider: string, option: DpopOption, clock: Clock) {
    this.#provider = provider;
    this.#option = option;
    this.#clock = clock;
  }

  /** The thumbprint of the public key (RFC 7638), which binds a code to it (RFC 9449 §10). */
  async thumbprint(): Promise<string> {
    return (await this.#load()).thumbprint;
  }

  /** A proof for one request (RFC 9449 §4.2); each attempt needs a new one. */
  async proof({ method, url, accessToken, nonce }: ProvenRequest): Promise<string> {
    const [{ imported, publicJwk }, { signJwt }] = await Promise.all([
      this.#load(),
      import("../oidc/jose.ts"),
    ]);
    const known = nonce ?? this.#nonces.get(url.origin);
    return signJwt(
      {
        jti: randomToken(),
        htm: method,
        htu: `${url.origin}${url.pathname}`,
        iat: Math.floor(this.#clock.now() / 1000),
        ...(accessToken !== undefined && { ath: await sha256(accessToken) }),
        ...(known !== undefined && { nonce: known }),
      },
      { ...imported, keyId: undefined },
      { typ: "dpop+jwt", jwk: publicJwk },
    );
  }

  /** Remembers the nonce that a server sent (RFC 9449 §8.2), and gives it; undefined when there is none to use. */
  learn(url: URL, nonce: unknown): string | undefined {
    if (typeof nonce !== "string" || !/^[\x21\x23-\x5b\x5d-\x7e]{1,512}$/.test(nonce)) {
      return undefined;
    }
    this.#nonces.delete(url.origin);
    this.#nonces.set(url.origin, nonce);
    for (const oldest of this.#nonces.keys()) {
      if (this.#nonces.size <= MOST_ORIGINS) break;
      this.#nonces.delete(oldest);
    }
    return nonce;
  }

  #load(): Promise<ProverKey> {
    this.#key ??= loadKey(this.#option).catch((error: unknown) => {
      throw new ConfigurationError(
        "dpop",
        [error instanceof TypeError ? error.message : "the key cannot be used"],
        this.#provider,
      );
    });
    return this.#key;
  }
}

async function loadKey(option: DpopOption): Promise<ProverKey> {
  const { importSigningKey, publicJwkOf, thumbprintOf } = await import("../oidc/jose.ts");
  const pair = option === true ? await generatePair() : "privateKey" in option ? option : undefined;
  const imported = pair
    ? await importSigningKey(pair.privateKey)
    : await importSigningKey((option as { key: SigningKey }).key, option as { algorithm?: string });
  const publicJwk = await publicJwkOf(imported, pair?.publicKey);
  return { imported, publicJwk, thumbprint: await thumbprintOf(publicJwk) };
}

function generatePair(): Promise<WebKeyPair> {
  return crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
}

/**
 * A new private key for the `dpop` option, as a JWK (ES256): store it as you store the tokens that are bound to it.
 *
 * @example
 * ```ts
 * import { generateDpopKey } from "@grantkit/core";
 *
 * export const row = JSON.stringify(await generateDpopKey());
 * // … and wherever a client is made: { dpop: { key: JSON.parse(row) } }
 * ```
 */
export async function generateDpopKey(): Promise<JWK> {
  const { privateKey } = await crypto.subtle.generateKey(
    { name: "ECDSA", namedCurve: "P-256" },
    true,
    ["sign"],
  );
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey("jwk", privateKey);
  return { kty, crv, x, y, d } as JWK;
}

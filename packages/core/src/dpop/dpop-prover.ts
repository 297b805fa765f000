import { ownFields } from "../options/own-fields.ts";
import type { JWK } from "jose";
import type { Clock } from "../clock.ts";
import { sha256 } from "../crypto/digest.ts";
import { randomToken } from "../crypto/random.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import type { ImportedKey, PublicJwk, SigningKey, WebKeyPair } from "../oidc/signing-key.ts";
import { RecentlyUsed } from "../recently-used.ts";

/**
 * The key that a client's tokens are bound to (DPoP, RFC 9449): a stolen token cannot be used without it.
 *
 * `true` makes a key that lives as long as the client, which is enough for tokens that are not stored. For stored tokens
 * keep a key from `generateDpopKey()` with them. Pass a `CryptoKey` that cannot be exported as a pair.
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

/** A request that needs a DPoP proof, whatever sends it. */
export interface ProvenRequest<Answer> {
  /** The method, in upper case. */
  readonly method: string;
  /** The URL as it is sent. */
  readonly url: URL;
  /** The access token in the request; a request to the token endpoint has none. */
  readonly accessToken?: string;
  /** Sends the request with a proof. */
  send(proof: string): Promise<Answer>;
  /** Reads an answer's `DPoP-Nonce` header. */
  nonceOf(answer: Answer): string | null | undefined;
  /** Whether an answer asks to send the request again with its nonce. */
  asksForNonce(answer: Answer): boolean;
  /** Discards an answer that is not returned. */
  discard?(answer: Answer): unknown;
}

interface ProverKey {
  readonly imported: ImportedKey;
  readonly publicJwk: PublicJwk;
  readonly thumbprint: string;
}

const MOST_ORIGINS = 100;
/** A nonce that can be used (RFC 9449 §8.1). */
const NONCE = /^[\x21\x23-\x5b\x5d-\x7e]{1,512}$/;

/** Makes the DPoP proofs of one client, and remembers the newest nonce of each server. */
export class DpopProver {
  readonly #option: DpopOption;
  readonly #clock: Clock;
  readonly #provider: string;
  readonly #nonces = new RecentlyUsed<string>(MOST_ORIGINS);
  #key: Promise<ProverKey> | undefined;

  constructor(provider: string, option: DpopOption, clock: Clock) {
    this.#provider = provider;
    this.#option = option;
    this.#clock = clock;
  }

  /**
   * Computes the thumbprint of the public key (RFC 7638), which binds a code to the key (RFC 9449 §10).
   *
   * @throws ConfigurationError when the key cannot be used.
   */
  async thumbprint(): Promise<string> {
    return (await this.#load()).thumbprint;
  }

  /**
   * Sends a request with a proof, and once more when the server asks for a nonce (RFC 9449 §8 and §9). The second proof
   * has the nonce of this answer: another request may have received another nonce meanwhile.
   *
   * @throws ConfigurationError when the key cannot be used; what `send` throws.
   */
  async send<Answer>(proven: ProvenRequest<Answer>): Promise<Answer> {
    const request = ownFields(proven);
    const { origin } = request.url;
    const attempt = async (given?: string) => {
      const answer = await request.send(await this.#proof(request, given));
      const nonce = request.nonceOf(answer) ?? "";
      if (NONCE.test(nonce)) this.#nonces.set(origin, nonce);
      return { answer, nonce };
    };
    const { answer, nonce } = await attempt();
    if (!NONCE.test(nonce) || !request.asksForNonce(answer)) return answer;
    await request.discard?.(answer);
    return (await attempt(nonce)).answer;
  }

  /** Makes the proof for one attempt (RFC 9449 §4.2). */
  async #proof(
    { method, url, accessToken }: Pick<ProvenRequest<unknown>, "method" | "url" | "accessToken">,
    nonce = this.#nonces.peek(url.origin),
  ): Promise<string> {
    const [{ imported, publicJwk }, { signJwt }] = await Promise.all([
      this.#load(),
      import("../oidc/jwt-signing.ts"),
    ]);
    return signJwt(
      {
        jti: randomToken(),
        htm: method,
        htu: `${url.origin}${url.pathname}`,
        iat: Math.floor(this.#clock.now() / 1000),
        ...(accessToken !== undefined && { ath: await sha256(accessToken) }),
        ...(nonce !== undefined && { nonce }),
      },
      { ...imported, keyId: undefined },
      { typ: "dpop+jwt", jwk: publicJwk },
    );
  }

  #load(): Promise<ProverKey> {
    this.#key ??= loadKey(this.#option).catch((error: unknown) => {
      const problem = error instanceof TypeError ? error.message : "the key cannot be used";
      throw new ConfigurationError("dpop", [problem], this.#provider);
    });
    return this.#key;
  }
}

async function loadKey(option: DpopOption): Promise<ProverKey> {
  const { importSigningKey, publicJwkOf, thumbprintOf } = await import("../oidc/jwt-signing.ts");
  const chosen = option === true ? await generatePair() : option;
  const isPair = "privateKey" in chosen;
  const imported = await importSigningKey(isPair ? { key: chosen.privateKey } : chosen);
  const publicJwk = await publicJwkOf(imported, isPair ? chosen.publicKey : undefined);
  return { imported, publicJwk, thumbprint: await thumbprintOf(publicJwk) };
}

const P256 = { name: "ECDSA", namedCurve: "P-256" } as const;

function generatePair(): Promise<WebKeyPair> {
  return crypto.subtle.generateKey(P256, false, ["sign"]);
}

/**
 * Generates a private key for the `dpop` option, as a JWK (ES256). Store it as safely as the tokens bound to it.
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
  const { privateKey } = await crypto.subtle.generateKey(P256, true, ["sign"]);
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey("jwk", privateKey);
  return { kty, crv, x, y, d } as JWK;
}

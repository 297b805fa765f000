import type { JWK } from "jose";
import { randomToken } from "../crypto/random.ts";
import type { Clock } from "../clock.ts";
import { sha256 } from "../crypto/digest.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { RecentlyUsed } from "../recently-used.ts";
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

/** A request that needs a proof, whatever sends it. */
export interface ProvenRequest<Answer> {
  /** The method, in upper case. */
  readonly method: string;
  /** The URL as it is sent. */
  readonly url: URL;
  /** The token that goes along; none goes to the token endpoint. */
  readonly accessToken?: string;
  /** Sends the request with a proof. */
  send(proof: string): Promise<Answer>;
  /** Reads an answer's `DPoP-Nonce` header. */
  nonceOf(answer: Answer): string | null | undefined;
  /** Whether an answer asks for the request again, with its nonce. */
  asksForNonce(answer: Answer): boolean;
  /** Lets go of an answer that nobody reads. */
  discard?(answer: Answer): unknown;
}

interface ProverKey {
  readonly imported: ImportedKey;
  readonly publicJwk: PublicJwk;
  readonly thumbprint: string;
}

const MOST_ORIGINS = 100;
/** Characters of a nonce (RFC 9449 §8.1). */
const NONCE = /^[\x21\x23-\x5b\x5d-\x7e]{1,512}$/;

/** Makes the proofs of one client, and keeps the newest nonce of each server. */
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

  /** The thumbprint of the public key (RFC 7638), which binds a code to it (RFC 9449 §10). */
  async thumbprint(): Promise<string> {
    return (await this.#load()).thumbprint;
  }

  /**
   * Sends a request with a proof, and once more when the server asks for a nonce (RFC 9449 §8 and §9). The second proof
   * has the nonce of this very answer: another request may have been told another.
   *
   * @throws ConfigurationError when the key cannot be used.
   */
  async send<Answer>(request: ProvenRequest<Answer>): Promise<Answer> {
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
      import("../oidc/jose.ts"),
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

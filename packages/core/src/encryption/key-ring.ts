import type { CryptoKey } from "jose";
import type { Clock } from "../clock.ts";
import { throwProblems } from "../errors/configuration-error.ts";
import { callSecretFunction } from "../oidc/secret-function.ts";
import {
  type EncryptionKeys,
  type EncryptionKeySource,
  type KeyBytes,
  keyBytes,
  keyProblems,
} from "./encryption-keys.ts";

/** A key that encrypts records, and the name of the key that it was derived from. */
export interface RecordKey {
  readonly id: string;
  readonly key: CryptoKey;
}

/** Milliseconds after which the function that gives the keys is called again. */
const FRESH = 600_000;
/** The shortest time between two calls of the function, in milliseconds. */
const PAUSE = 10_000;
/** The longest time that the function may take, in milliseconds. */
const TIMEOUT = 10_000;

/** The keys of a store's records: fixed ones, or those that a function gives. */
export class KeyRing {
  readonly #source: EncryptionKeySource | undefined;
  readonly #fixed: readonly KeyBytes[];
  readonly #clock: Clock;
  #keys: readonly RecordKey[] | undefined;
  #asked: Promise<readonly RecordKey[]> | undefined;
  #answeredAt = 0;

  constructor(given: EncryptionKeys | EncryptionKeySource, clock: Clock) {
    const isSource = typeof given === "function";
    this.#source = isSource ? given : undefined;
    this.#fixed = isSource ? [] : keyBytes(given);
    this.#clock = clock;
  }

  /**
   * Gives the key that encrypts.
   *
   * @throws OAuthError with code `STORE_FAILED`; ConfigurationError for keys that cannot be used.
   */
  async current(): Promise<RecordKey> {
    const [first] = await this.#known();
    return first as RecordKey;
  }

  /**
   * Gives the key with a name; undefined if nobody has it.
   *
   * @throws OAuthError with code `STORE_FAILED`; ConfigurationError for keys that cannot be used.
   */
  async find(id: string): Promise<CryptoKey | undefined> {
    const named = (keys: readonly RecordKey[]) => keys.find((key) => key.id === id)?.key;
    const found = named(await this.#known());
    if (found || !this.#isOlderThan(PAUSE)) return found;
    return named(await this.#ask());
  }

  async #known(): Promise<readonly RecordKey[]> {
    if (!this.#keys) return this.#ask();
    if (this.#isOlderThan(FRESH)) this.#ask().catch(() => undefined);
    return this.#keys;
  }

  /** Whether the keys were given longer ago than that; a clock that was set back makes them old. */
  #isOlderThan(milliseconds: number): boolean {
    return Math.abs(this.#clock.now() - this.#answeredAt) >= milliseconds;
  }

  #ask(): Promise<readonly RecordKey[]> {
    this.#asked ??= this.#load().finally(() => {
      this.#asked = undefined;
    });
    return this.#asked;
  }

  async #load(): Promise<readonly RecordKey[]> {
    const given = this.#source ? await this.#answerOf(this.#source) : this.#fixed;
    const keys = await Promise.all(given.map(deriveKey));
    this.#answeredAt = this.#clock.now();
    this.#keys = keys;
    return keys;
  }

  async #answerOf(source: EncryptionKeySource): Promise<readonly KeyBytes[]> {
    const answer = await callSecretFunction(source, {
      name: "keys",
      effect: "no token was read or written",
      code: "STORE_FAILED",
      clock: this.#clock,
      timeout: TIMEOUT,
    });
    throwProblems("What keys() returned", keyProblems(answer, "keys()"));
    return keyBytes(answer);
  }
}

/** Derives the key of this purpose (RFC 5869), which WebCrypto does not give out. */
async function deriveKey({ id, bytes }: KeyBytes): Promise<RecordKey> {
  const info = new TextEncoder().encode("grantkit token record");
  const base = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
  return { id, key };
}

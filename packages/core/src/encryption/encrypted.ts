import { type Clock, systemClock } from "../clock.ts";
import { throwProblems } from "../errors/configuration-error.ts";
import {
  mustBeClock,
  mustBeFlag,
  optionProblems,
  type OptionRules,
} from "../options/option-rules.ts";
import { ownOptions } from "../options/own-fields.ts";
import { mustBeTokenStore } from "../tokens/must-be-token-store.ts";
import type { TokenStore } from "../tokens/token-store.ts";
import { type EncryptionKeys, type EncryptionKeySource, keyProblems } from "./encryption-keys.ts";
import { type EncryptedTokenStore, EncryptingStore } from "./encrypted-token-store.ts";
import { KeyRing } from "./key-ring.ts";
import { RecordCipher } from "./record-cipher.ts";

/** Options of {@link encrypted}. */
export interface EncryptionOptions {
  /**
   * The keys, the current one first, or a function that gives them. To rotate, put a new key in front and keep the earlier
   * ones: they decrypt records that were not written since. After `reencrypt()`, remove them.
   */
  readonly keys: EncryptionKeys | EncryptionKeySource;
  /**
   * Whether records that are not encrypted are read too, while you migrate: they are encrypted at their next write. As long as
   * it is set, whoever can write to the store can put a token of theirs into it.
   *
   * @defaultValue `false`: such a record is `RECORD_UNREADABLE`
   */
  readonly allowPlain?: boolean;
  /** Time, for tests. @defaultValue the machine's */
  readonly clock?: Clock;
}

const RULES: OptionRules<EncryptionOptions> = {
  keys: (value, name) => (typeof value === "function" ? [] : keyProblems(value, name)),
  allowPlain: mustBeFlag,
  clock: mustBeClock,
};

/**
 * Encrypts the records of a token store with AES-256-GCM (as JWE, RFC 7516), so that nobody who reads the database, a backup
 * or a replica of it gets a token. Make it once, as you make the store.
 *
 * A record can be read only under its own key, and unchanged: one that was changed, cut or put in another's place is
 * `RECORD_UNREADABLE`. Whoever can write to the database can still delete a record or put back an earlier one of the same
 * key. Keys, locks and versions are the store's own, in plain text; so is the time when a record ends.
 *
 * Add a new key before a key has encrypted 4,000,000,000 records (NIST SP 800-38D §8.3).
 *
 * @param store - Any token store.
 * @param options - The keys.
 * @throws ConfigurationError that lists every problem, and quotes nothing of the keys.
 *
 * @example
 * ```ts
 * import { encrypted, MemoryTokenStore } from "@grantkit/core";
 *
 * // The key is what `openssl rand -base64 32` prints.
 * export const openStore = (key: string) =>
 *   encrypted(new MemoryTokenStore(), { keys: { id: "2026-11", key } });
 * ```
 */
export function encrypted(store: TokenStore, options: EncryptionOptions): EncryptedTokenStore {
  const problems = mustBeTokenStore(store, "store", {});
  throwProblems("encrypted()", [...problems, ...optionProblems(options, RULES)]);
  const { keys, allowPlain = false, clock = systemClock } = ownOptions(options);
  return new EncryptingStore(store, new RecordCipher(new KeyRing(keys, clock), allowPlain));
}

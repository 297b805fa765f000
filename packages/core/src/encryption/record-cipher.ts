import { ownFields } from "../options/own-fields.ts";
import type * as Jwe from "../oidc/jwe.ts";
import { encryptedFields, type EncryptedRecord } from "../tokens/encrypted-record.ts";
import { jsonObject } from "../tokens/json-object.ts";
import { recordEnd } from "../tokens/record-end.ts";
import { recordUnreadable } from "../tokens/token-errors.ts";
import type { TokenRecord } from "../tokens/token-record.ts";
import { isKeyId } from "./encryption-keys.ts";
import type { KeyRing } from "./key-ring.ts";

const FORMAT = 1;

const RESTORE =
  "Restore it from a backup; or delete it with store.delete(key) and let the user sign in again.";

// Kept: import() of a module that is loaded already costs microseconds for each record.
let jwe: typeof Jwe | undefined;
const loadJwe = async (): Promise<typeof Jwe> => (jwe ??= await import("../oidc/jwe.ts"));

/** An encrypted record's parts, and what its header says. */
interface ReadRecord {
  readonly parts: Jwe.JweParts;
  readonly format: number;
  readonly keyId: string;
}

/**
 * Encrypts and decrypts the records of a store. A record is a JWE in compact form; what authenticates the key and the end of
 * the record is not part of it, so a decryption needs both (docs/decisions/0009).
 */
export class RecordCipher {
  readonly #keys: KeyRing;
  readonly #allowPlain: boolean;

  constructor(keys: KeyRing, allowPlain: boolean) {
    this.#keys = keys;
    this.#allowPlain = allowPlain;
  }

  /**
   * Encrypts a record with the current key.
   *
   * @throws OAuthError with code `STORE_FAILED` if the keys cannot be had.
   */
  async encrypt(key: string, record: TokenRecord): Promise<TokenRecord> {
    // At once: the caller may change the record before the keys are there.
    const text = JSON.stringify(record);
    const end = recordEnd(record);
    const endsAt = end === undefined ? undefined : new Date(end).toISOString();
    const [{ encryptJwe }, current] = await Promise.all([loadJwe(), this.#keys.current()]);
    const header = { kid: current.id, v: FORMAT };
    const parts = await encryptJwe(text, current.key, header, bindingOf(key, endsAt));
    const encrypted = [parts.protected, "", parts.iv, parts.ciphertext, parts.tag].join(".");
    const stored: EncryptedRecord = { encrypted, endsAt };
    // A store takes any JSON; without accessToken, nobody takes this for a token.
    return stored as unknown as TokenRecord;
  }

  /**
   * Decrypts a record.
   *
   * @throws OAuthError: `RECORD_UNREADABLE`; `STORE_FAILED` if the keys cannot be had.
   */
  async decrypt(key: string, stored: TokenRecord): Promise<TokenRecord> {
    const fields = encryptedFields(stored);
    if (!fields) return this.#plain(key, stored);
    const { parts, format, keyId } = readRecord(key, fields);
    if (format !== FORMAT) {
      const advice = "Update @grantkit/core in this process.";
      throw recordUnreadable(key, "was encrypted by a later version of Grantkit", advice);
    }
    const found = await this.#keys.find(keyId);
    const name = JSON.stringify(keyId);
    if (!found) {
      const advice = `Add the key ${name} to the keys of encrypted(); if it is lost, delete the record with store.delete(key) and let the user sign in again.`;
      throw recordUnreadable(
        key,
        `is encrypted with the key ${name}, which keys does not have`,
        advice,
      );
    }
    const { decryptJwe } = await loadJwe();
    const text = await decryptJwe(parts, found, bindingOf(key, fields.endsAt));
    if (text !== undefined) return JSON.parse(text) as TokenRecord;
    const problem = `cannot be decrypted: it was changed, it is that of another key, or it was encrypted with another key named ${name}`;
    throw recordUnreadable(key, problem, RESTORE);
  }

  /** Whether a record is encrypted with the current key. */
  async isCurrent(key: string, stored: TokenRecord): Promise<boolean> {
    const fields = encryptedFields(stored);
    const current = await this.#keys.current();
    if (!fields) return false;
    const { format, keyId } = readRecord(key, fields);
    return format === FORMAT && keyId === current.id;
  }

  #plain(key: string, stored: TokenRecord): TokenRecord {
    if (this.#allowPlain) return stored;
    const advice =
      "If it was written before you encrypted the store, pass allowPlain: true to encrypted() until reencrypt() has encrypted every record.";
    throw recordUnreadable(key, "is not encrypted", advice);
  }
}

/** What is authenticated with a record beside its header: so it cannot be moved to another key, nor its end be changed. */
function bindingOf(key: string, endsAt: string | undefined): string {
  return JSON.stringify(["grantkit token record", key, endsAt ?? null]);
}

/** The last characters of base64url, by how many follow the last four: others would decode to the same bytes. */
const ENDS = [/^$|[\w-]$/, undefined, /[AQgw]$/, /[AEIMQUYcgkosw048]$/];

/** Whether a text is base64url as it is written. No group is repeated: a regular expression would fail at some megabytes. */
function isCanonical(text: string): boolean {
  return /^[\w-]+$/.test(text) && ENDS[text.length % 4]?.test(text) === true;
}

/** @throws OAuthError with code `RECORD_UNREADABLE` for a record that is damaged. */
function readRecord(key: string, { encrypted }: EncryptedRecord): ReadRecord {
  const [header = "", none, iv = "", ciphertext = "", tag = "", ...rest] = encrypted.split(".");
  const parts = [header, iv, ciphertext, tag];
  if (none === "" && rest.length === 0 && parts.every(isCanonical)) {
    const { kid, v } = headerOf(header);
    if (isKeyId(kid) && typeof v === "number") {
      return { parts: { protected: header, iv, ciphertext, tag }, format: v, keyId: kid };
    }
  }
  throw recordUnreadable(key, "is damaged", RESTORE);
}

function headerOf(encoded: string): Readonly<Record<string, unknown>> {
  return ownFields(jsonObject(atob(encoded.replaceAll("-", "+").replaceAll("_", "/"))) ?? {});
}

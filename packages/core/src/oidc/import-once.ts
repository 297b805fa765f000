import { ownOptions } from "../options/own-fields.ts";
import { importSigningKey } from "./jwt-signing.ts";
import type { ImportedKey, Signer } from "./signing-key.ts";

const lastImported = new WeakMap<object, Signer & { readonly imported: Promise<ImportedKey> }>();

/**
 * Imports the private key that an owner signs with, and does so again only when the key changes: an import takes a
 * hundred times as long as a signature.
 *
 * @param owner - The object that the key is remembered with.
 * @throws TypeError as {@link importSigningKey} does.
 */
export function importOnce(owner: object, signer: Signer): Promise<ImportedKey> {
  const { key, algorithm, keyId } = ownOptions(signer);
  const last = lastImported.get(owner);
  if (last?.key === key && last.algorithm === algorithm && last.keyId === keyId) {
    return last.imported;
  }
  const imported = importSigningKey({ key, algorithm, keyId });
  lastImported.set(owner, { key, algorithm, keyId, imported });
  return imported;
}

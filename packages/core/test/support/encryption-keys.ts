import { randomBytes } from "node:crypto";
import type { EncryptionKey } from "@grantkit/core";

/** Makes a key with this name, as `openssl rand -base64 32` does. */
export function makeKey(id: string): EncryptionKey & { readonly key: string } {
  return { id, key: randomBytes(32).toString("base64") };
}

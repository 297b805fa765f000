import type { CryptoKey } from "jose";
import { base64url, FlattenedEncrypt, flattenedDecrypt } from "./jose.ts";

/** The parts of a JWE, as they are serialized (RFC 7516 §7.2.2). */
export interface JweParts {
  readonly protected: string;
  readonly iv: string;
  readonly ciphertext: string;
  readonly tag: string;
}

/** Encrypts a text with AES-256-GCM, and authenticates a header and an additional text with it (RFC 7516, RFC 7518 §5.3). */
export async function encryptJwe(
  text: string,
  key: CryptoKey,
  header: Readonly<Record<string, unknown>>,
  additional: string,
): Promise<JweParts> {
  const encrypting = new FlattenedEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ ...header, alg: "dir", enc: "A256GCM" })
    .setAdditionalAuthenticatedData(new TextEncoder().encode(additional));
  // A nonce of 96 random bits is made for each.
  return (await encrypting.encrypt(key)) as JweParts;
}

/** Decrypts what {@link encryptJwe} encrypted; undefined if the key, the additional text or any part is another one. */
export async function decryptJwe(
  parts: JweParts,
  key: CryptoKey,
  additional: string,
): Promise<string | undefined> {
  try {
    const jwe = { ...parts, aad: base64url.encode(additional) };
    const { plaintext } = await flattenedDecrypt(jwe, key, {
      keyManagementAlgorithms: ["dir"],
      contentEncryptionAlgorithms: ["A256GCM"],
    });
    return new TextDecoder().decode(plaintext);
  } catch {
    return undefined;
  }
}

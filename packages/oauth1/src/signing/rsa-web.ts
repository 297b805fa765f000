import { ConfigurationError, type SigningKey } from "@grantkit/core";
import type { webcrypto } from "node:crypto";
import { base64, bytesOf, type DigestName } from "./crypto.ts";
import {
  checkModulus,
  type KeyHalf,
  type KeyMaterial,
  keyMaterial,
  KeyRefusal,
  type RsaKey,
  unreadableKey,
} from "./key-material.ts";

const ALGORITHM = "RSASSA-PKCS1-v1_5";

/** An RSA key for WebCrypto; the first signature imports it, once for each digest. */
export function webRsaKey(key: SigningKey, half: KeyHalf): RsaKey {
  const material = keyMaterial(key, half);
  const imported = new Map<DigestName, Promise<webcrypto.CryptoKey>>();
  const keyFor = (digest: DigestName): Promise<webcrypto.CryptoKey> => {
    let known = imported.get(digest);
    if (!known) {
      known = importKey(material, half, digest);
      imported.set(digest, known);
    }
    return known;
  };
  return {
    digest: material.form === "CryptoKey" ? material.digest : undefined,
    async sign(digest, text) {
      const signature = await crypto.subtle.sign(ALGORITHM, await keyFor(digest), bytesOf(text));
      return base64(new Uint8Array(signature));
    },
    async verify(digest, text, signature) {
      const bytes = bytesOfBase64(signature);
      const web = await keyFor(digest);
      return bytes !== undefined && crypto.subtle.verify(ALGORITHM, web, bytes, bytesOf(text));
    },
  };
}

async function importKey(
  material: KeyMaterial,
  half: KeyHalf,
  digest: DigestName,
): Promise<webcrypto.CryptoKey> {
  if (material.form === "CryptoKey") return material.key;
  const algorithm = { name: ALGORITHM, hash: digest };
  const usages: webcrypto.KeyUsage[] = [half === "private" ? "sign" : "verify"];
  try {
    const key = await (material.form === "pem"
      ? crypto.subtle.importKey(...derOf(material.pem, half), algorithm, false, usages)
      : crypto.subtle.importKey("jwk", jwkOf(material), algorithm, false, usages));
    checkModulus((key.algorithm as Partial<webcrypto.RsaHashedKeyAlgorithm>).modulusLength);
    return key;
  } catch (error) {
    const { reason } = error instanceof KeyRefusal ? error : unreadableKey(half);
    throw new ConfigurationError("The key", [`${half}Key ${reason}`]);
  }
}

function jwkOf(material: Exclude<KeyMaterial, { form: "pem" | "CryptoKey" }>) {
  return material.form === "jwk"
    ? material.jwk
    : (material.key.export({ format: "jwk" }) as webcrypto.JsonWebKey);
}

const LABELS = {
  "PRIVATE KEY": "pkcs8",
  "PUBLIC KEY": "spki",
} as const;

function derOf(pem: string, half: KeyHalf): ["pkcs8" | "spki", Uint8Array<ArrayBuffer>] {
  const [, label, text = ""] = /^-----BEGIN ([A-Z ]+)-----([\s\S]+?)-----END/.exec(pem) ?? [];
  const format = LABELS[label as keyof typeof LABELS];
  const der = bytesOfBase64(text.replaceAll(/\s+/g, ""));
  if (format === undefined) {
    throw new KeyRefusal(
      `is a PEM that WebCrypto does not read: convert it (openssl ${half === "private" ? "pkcs8 -topk8 -nocrypt" : "rsa -RSAPublicKey_in -pubout"})`,
    );
  }
  if (der === undefined) throw unreadableKey(half);
  return [format, der];
}

function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

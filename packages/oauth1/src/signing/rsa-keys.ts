import type { SigningKey } from "@grantkit/core";
import { RecentlyUsed } from "@grantkit/core/requests";
import type { JsonWebKey, KeyObject } from "node:crypto";
import { nodeCrypto, type NodeCrypto } from "./crypto.ts";
import { type DigestName, nodeDigestName } from "./crypto.ts";
import {
  checkModulus,
  type KeyHalf,
  type KeyMaterial,
  keyMaterial,
  KeyRefusal,
  type RsaKey,
  unreadableKey,
  wrongKind,
} from "./key-material.ts";
import { webRsaKey } from "./rsa-web.ts";

const KEYS_BY_TEXT = 32;
const newKeysByText = (): RecentlyUsed<RsaKey> => new RecentlyUsed(KEYS_BY_TEXT, () => "evictable");
const byText = { private: newKeysByText(), public: newKeysByText() };
const byObject = { private: new WeakMap<object, RsaKey>(), public: new WeakMap<object, RsaKey>() };

/**
 * Parses a key: equal PEMs once, and one object once. Without Node's crypto, the content of a PEM is checked by the first
 * signature.
 *
 * @throws KeyRefusal if it is no RSA key, too short, or the other half.
 */
export function rsaKey(key: SigningKey, half: KeyHalf): RsaKey {
  if (typeof key === "string") return byText[half].use(key, () => readKey(key, half));
  const known = byObject[half].get(key);
  if (known) return known;
  const read = readKey(key, half);
  byObject[half].set(key, read);
  return read;
}

/** What is wrong with a key, as a sentence without its subject, the option's name; undefined if nothing is wrong. */
export function keyProblem(key: unknown, half: KeyHalf, digest?: DigestName): string | undefined {
  try {
    const read = rsaKey(key as SigningKey, half);
    return digest === undefined || read.digest === undefined || read.digest === digest
      ? undefined
      : `is a CryptoKey for ${read.digest}: the signature method needs ${digest}`;
  } catch (error) {
    if (error instanceof KeyRefusal) return error.reason;
    throw error;
  }
}

function readKey(key: SigningKey, half: KeyHalf): RsaKey {
  const node = nodeCrypto();
  return node ? nodeRsaKey(node, key, half) : webRsaKey(key, half);
}

/** An RSA key for Node's crypto, which signs without a promise. */
function nodeRsaKey(node: NodeCrypto, key: SigningKey, half: KeyHalf): RsaKey {
  const material = keyMaterial(key, half);
  const object = keyObject(node, material, half);
  if (object.asymmetricKeyType !== "rsa") throw wrongKind();
  checkModulus(object.asymmetricKeyDetails?.modulusLength);
  return {
    digest: material.form === "CryptoKey" ? material.digest : undefined,
    sign: (digest: DigestName, text: string) =>
      node.sign(nodeDigestName(digest), Buffer.from(text), object).toString("base64"),
    verify: (digest: DigestName, text: string, signature: string) =>
      node.verify(
        nodeDigestName(digest),
        Buffer.from(text),
        object,
        Buffer.from(signature, "base64"),
      ),
  };
}

function keyObject(node: NodeCrypto, material: KeyMaterial, half: KeyHalf): KeyObject {
  if (material.form === "KeyObject") return material.key;
  if (material.form === "CryptoKey") return node.KeyObject.from(material.key);
  const read = half === "private" ? node.createPrivateKey : node.createPublicKey;
  try {
    return material.form === "pem"
      ? read(material.pem)
      : read({ key: material.jwk as JsonWebKey, format: "jwk" });
  } catch {
    throw unreadableKey(half);
  }
}

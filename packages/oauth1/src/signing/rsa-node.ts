import type { SigningKey } from "@grantkit/core";
import type { JsonWebKey, KeyObject } from "node:crypto";
import type { NodeCrypto } from "../node-crypto.ts";
import { type DigestName, nodeDigestName } from "./digests.ts";
import {
  checkModulus,
  type KeyHalf,
  type KeyMaterial,
  keyMaterial,
  type RsaKey,
  unreadableKey,
  wrongKind,
} from "./key-material.ts";

/** An RSA key in the hands of Node's crypto, which signs at once. */
export function nodeRsaKey(node: NodeCrypto, key: SigningKey, half: KeyHalf): RsaKey {
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

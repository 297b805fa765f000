import type { SigningKey } from "@grantkit/core";
import { nodeCrypto } from "../node-crypto.ts";
import type { KeyHalf, RsaKey } from "./key-material.ts";
import { nodeRsaKey } from "./rsa-node.ts";
import { webRsaKey } from "./rsa-web.ts";

const KEYS_BY_TEXT = 32;
const byText = { private: new Map<string, RsaKey>(), public: new Map<string, RsaKey>() };
const byObject = { private: new WeakMap<object, RsaKey>(), public: new WeakMap<object, RsaKey>() };

/**
 * Reads a key: once for PEMs of one text, and once for one object.
 *
 * Where there is Node's crypto, all of it is checked here; elsewhere, what is in a PEM is seen by the first signature.
 *
 * @throws KeyRefusal when it is no RSA key, is too short, or is the other half.
 */
export function rsaKey(key: SigningKey, half: KeyHalf): RsaKey {
  if (typeof key === "string") return keyOfText(key, half);
  const known = byObject[half].get(key);
  if (known) return known;
  const read = readKey(key, half);
  byObject[half].set(key, read);
  return read;
}

function keyOfText(text: string, half: KeyHalf): RsaKey {
  const keys = byText[half];
  const key = keys.get(text) ?? readKey(text, half);
  // Re-inserted, so that the map's first is the one that was used longest ago.
  keys.delete(text);
  keys.set(text, key);
  if (keys.size > KEYS_BY_TEXT) keys.delete(keys.keys().next().value as string);
  return key;
}

function readKey(key: SigningKey, half: KeyHalf): RsaKey {
  const node = nodeCrypto();
  return node ? nodeRsaKey(node, key, half) : webRsaKey(key, half);
}

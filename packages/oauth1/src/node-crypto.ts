import type * as crypto from "node:crypto";

/** Node's crypto module, where there is one: it signs at once and ten times faster than WebCrypto. */
export type NodeCrypto = typeof crypto;

let loaded: NodeCrypto | undefined;

/** Fetched at first use: a program that only imports the package does not pay for it. */
export function nodeCrypto(): NodeCrypto | undefined {
  if (loaded) return loaded;
  if (typeof process !== "object" || typeof process.getBuiltinModule !== "function") {
    return undefined;
  }
  loaded = process.getBuiltinModule("node:crypto");
  return loaded;
}

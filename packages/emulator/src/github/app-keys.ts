import { createPublicKey, generateKeyPair } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { compactVerify } from "jose";

/** The keys with which the GitHub App signs. */
export interface AppKeys {
  /** Makes a key and resolves to its private half: PKCS #1 in PEM form, as GitHub's page downloads it. */
  create(): Promise<string>;
  /** The claims of a JWT that one of the keys signed, or undefined. */
  verify(jwt: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/** No keys yet. */
export function appKeys(): AppKeys {
  const publicKeys: KeyObject[] = [];
  return {
    async create() {
      const { privateKey } = await promisify(generateKeyPair)("rsa", {
        modulusLength: 2048,
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs1", format: "pem" },
      });
      publicKeys.push(createPublicKey(privateKey));
      return privateKey;
    },
    async verify(jwt) {
      for (const key of publicKeys) {
        try {
          const { payload } = await compactVerify(jwt, key, { algorithms: ["RS256"] });
          return JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
        } catch {
          // Another key may fit.
        }
      }
      return undefined;
    },
  };
}

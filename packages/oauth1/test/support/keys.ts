import { generateKeyPairSync } from "node:crypto";

/** A key pair of the length that is good today. */
export const RSA = generateKeyPairSync("rsa", { modulusLength: 2048 });

export const PRIVATE_PEM = RSA.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
export const PUBLIC_PEM = RSA.publicKey.export({ type: "spki", format: "pem" }) as string;

/** One half of the pair as a `CryptoKey`, which cannot be taken out again. */
export function cryptoKey(
  half: "private" | "public",
  {
    hash = "SHA-256",
    name = "RSASSA-PKCS1-v1_5",
    usages = [half === "private" ? "sign" : "verify"],
  } = {},
): Promise<CryptoKey> {
  const key = half === "private" ? RSA.privateKey : RSA.publicKey;
  return crypto.subtle.importKey(
    "jwk",
    key.export({ format: "jwk" }),
    { name, hash },
    false,
    usages as KeyUsage[],
  );
}

type CryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;
type KeyUsage = CryptoKey["usages"][number];

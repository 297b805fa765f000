import { createPublicKey, verify } from "node:crypto";
import type { Side } from "./interleaved.ts";

/** Looks at what a side has signed, after its clock has stopped. */
export type Check = (name: string, signatures: readonly string[]) => Promise<void>;

/** A side that signs so often a batch; its figure is signatures per second. */
export function signingSide(
  name: string,
  count: number,
  sign: () => string | Promise<string>,
  check: Check,
): Side {
  return {
    name,
    async batch() {
      const signatures: string[] = [];
      const start = process.hrtime.bigint();
      for (let made = 0; made < count; made += 1) signatures.push(await sign());
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      await check(name, signatures);
      return count / seconds;
    },
  };
}

/** Checks JWTs with RS256: the private key in PEM form has signed each. */
export function jwtCheck(privatePem: string): Check {
  const key = createPublicKey(privatePem);
  return async (name, jwts) => {
    for (const jwt of jwts) {
      const end = jwt.lastIndexOf(".");
      const signature = Buffer.from(jwt.slice(end + 1), "base64url");
      if (!verify("sha256", Buffer.from(jwt.slice(0, end)), key, signature)) {
        throw new Error(`${name} signed wrongly`);
      }
    }
  };
}

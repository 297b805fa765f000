import { ConfigurationError } from "../errors/configuration-error.ts";
import type { Signer } from "./signing-key.ts";

/**
 * Signs claims as a JWT (RFC 7519), for the calls that only one provider has.
 *
 * @param owner - The object that the imported key is remembered with: an import takes a hundred times as long as a signature.
 * @param claims - All claims; times are in seconds since the epoch.
 * @param signer - The private key; its algorithm is by default the usual one for the kind of key.
 * @param method - The method that was called, for the error.
 * @throws ConfigurationError for a key that cannot sign; it shows nothing of the key.
 */
export async function signedJwt(
  owner: object,
  claims: Readonly<Record<string, unknown>>,
  signer: Signer,
  method: string,
): Promise<string> {
  const { importOnce } = await import("./import-once.ts");
  const { signJwt } = await import("./jwt-signing.ts");
  try {
    return await signJwt(claims, await importOnce(owner, signer), { typ: "JWT" });
  } catch (error) {
    const problem = error instanceof TypeError ? error.message : "the JWT cannot be signed";
    throw new ConfigurationError(method, [problem]);
  }
}

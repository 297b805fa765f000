import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { Claims } from "./facts.ts";

const keys = {
  current: await generateKeyPair("RS256", { extractable: true }),
  /** A key that the provider does not publish. */
  unpublished: await generateKeyPair("RS256", { extractable: true }),
};

/** The name of a key of the mocks. */
export type KeyName = keyof typeof keys;

/** Signs an ID token. */
export function signIdToken(
  claims: Claims & { readonly aud: string; readonly iat: number; readonly exp: number },
  key: KeyName = "current",
): Promise<string> {
  const header = { alg: "RS256", kid: "current", typ: "JWT" };
  return new SignJWT(claims).setProtectedHeader(header).sign(keys[key].privateKey);
}

/** The key set that a provider publishes. */
export async function keySet(members: Readonly<Record<string, string>> = {}): Promise<object> {
  const jwk = await exportJWK(keys.current.publicKey);
  return { keys: [{ ...jwk, kid: "current", use: "sig", alg: "RS256", ...members }] };
}

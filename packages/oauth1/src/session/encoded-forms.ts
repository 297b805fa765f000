import { percentEncode } from "../signing/percent-encoding.ts";

/** Secrets as they are, and as a PLAINTEXT signature has them (RFC 5849 §3.4.4): a server may send back either. */
export function withEncodedForms(secrets: readonly (string | undefined)[]): (string | undefined)[] {
  return secrets.flatMap((secret) => (secret === undefined ? [] : [secret, percentEncode(secret)]));
}

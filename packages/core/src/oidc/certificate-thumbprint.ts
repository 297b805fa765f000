import { base64url } from "../crypto/digest.ts";
import { unescaped } from "./private-key-forms.ts";

/** Lists what is wrong with a certificate in PEM; undefined is none. */
export function certificateProblems(pem: unknown): string[] {
  return pem === undefined || (typeof pem === "string" && derOf(pem) !== undefined)
    ? []
    : [
        "privateKeyJwt: certificate must be an X.509 certificate in PEM (-----BEGIN CERTIFICATE-----)",
      ];
}

/** Computes the thumbprint of a certificate with SHA-256 (RFC 7515 §4.1.8): of a chain that of its first certificate. */
export async function thumbprintOfCertificate(pem: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", derOf(pem) as Uint8Array<ArrayBuffer>);
  return base64url(new Uint8Array(digest));
}

/** The bytes of the first certificate in a PEM, which may also have the key and the chain. */
function derOf(pem: string): Uint8Array<ArrayBuffer> | undefined {
  const [, body = ""] =
    /-----BEGIN CERTIFICATE-----([\s\w+/=]+)-----END CERTIFICATE-----/.exec(unescaped(pem)) ?? [];
  try {
    const bytes = atob(body.replaceAll(/\s/g, ""));
    // DER begins with a SEQUENCE.
    return bytes.startsWith("0") ? Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)) : undefined;
  } catch {
    return undefined;
  }
}

import { createHash, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { exportPKCS8, generateKeyPair } from "jose";
import { selfSignedCertificate } from "../oauth/certificate.ts";

/** A certificate that is registered for the application, with its key. */
export interface MicrosoftCertificate {
  /** The certificate in PEM form. */
  readonly certificate: string;
  /** The private key: PKCS #8 in PEM form. */
  readonly privateKey: string;
  /** SHA-256 digest of the certificate as base64url, the `x5t#S256` of client assertions. */
  readonly thumbprintSha256: string;
  /** SHA-1 digest of the certificate as hexadecimal digits in upper case, as the portal shows it. */
  readonly thumbprint: string;
}

/** The certificates that are registered for the application. */
export interface Certificates {
  /** Creates and registers a certificate. */
  create(): Promise<MicrosoftCertificate>;
  /** Finds the key of the certificate that the header of a client assertion names by `x5t#S256`, `x5t` or `kid`. */
  keyOf(header: Readonly<Record<string, unknown>>): KeyObject | undefined;
}

/** Creates an empty list of certificates. */
export function certificates(): Certificates {
  const byThumbprint = new Map<string, KeyObject>();
  return {
    async create() {
      const pair = await generateKeyPair("RS256", { extractable: true });
      const certificate = await selfSignedCertificate("grantkit-emulator", pair);
      const { raw, publicKey } = new X509Certificate(certificate);
      const sha1 = createHash("sha1").update(raw).digest();
      const thumbprintSha256 = createHash("sha256").update(raw).digest("base64url");
      const thumbprint = sha1.toString("hex").toUpperCase();
      for (const name of [thumbprintSha256, sha1.toString("base64url"), thumbprint]) {
        byThumbprint.set(name, publicKey);
      }
      return {
        certificate,
        privateKey: await exportPKCS8(pair.privateKey),
        thumbprintSha256,
        thumbprint,
      };
    },
    keyOf(header) {
      const name = header["x5t#S256"] ?? header["x5t"] ?? header["kid"];
      return typeof name === "string" ? byThumbprint.get(name) : undefined;
    },
  };
}

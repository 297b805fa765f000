import type { CryptoKey } from "jose";

/** An RSA key pair for RS256. */
interface KeyPair {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/**
 * Makes a self-signed X.509 certificate for a key pair (RFC 5280 §4.1), in PEM form. It has no extensions, and it does not
 * expire.
 */
export async function selfSignedCertificate(
  commonName: string,
  { privateKey, publicKey }: KeyPair,
): Promise<string> {
  const name = sequence(
    element(SET, sequence(COMMON_NAME, element(UTF8_STRING, utf8(commonName)))),
  );
  const key = Buffer.from(await crypto.subtle.exportKey("spki", publicKey));
  const serialNumber = element(INTEGER, Buffer.from([1]));
  const content = sequence(serialNumber, SHA256_WITH_RSA, name, VALIDITY, name, key);
  const signature = await crypto.subtle.sign(
    "RSASSA-PKCS1-v1_5",
    privateKey,
    Uint8Array.from(content),
  );
  // The first byte of a bit string counts the unused bits of the last one.
  const bits = element(BIT_STRING, Buffer.of(0), Buffer.from(signature));
  return pem(sequence(content, SHA256_WITH_RSA, bits));
}

// Tags of DER (ITU-T X.690, section 8).
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;

// sha256WithRSAEncryption (1.2.840.113549.1.1.11), and commonName (2.5.4.3).
const SHA256_WITH_RSA = sequence(Buffer.from("06092a864886f70d01010b0500", "hex"));
const COMMON_NAME = Buffer.from("0603550403", "hex");

// The end is that of a certificate without a well-defined expiration date (RFC 5280 §4.1.2.5).
const VALIDITY = sequence(
  element(UTC_TIME, utf8("200101000000Z")),
  element(GENERALIZED_TIME, utf8("99991231235959Z")),
);

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(SEQUENCE, ...parts);
}

/** Encodes an element: its tag, its length and its content. */
function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...encodedLength(content.length)]), content]);
}

function encodedLength(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function utf8(text: string): Buffer {
  return Buffer.from(text, "utf8");
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString("base64").replaceAll(/.{64}/g, "$&\n").trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

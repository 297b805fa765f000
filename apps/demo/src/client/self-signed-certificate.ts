import { generateKeyPairSync, sign } from "node:crypto";

/** A key and its certificate, in PEM form. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

// Tags of DER (ITU-T X.690, section 8).
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;

/** Makes a self-signed X.509 certificate (RFC 5280 §4.1) without extensions, which does not expire. */
export function selfSignedCertificate(commonName: string): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  // ecdsa-with-SHA256 (1.2.840.10045.4.3.2), and commonName (2.5.4.3).
  const algorithm = element(SEQUENCE, Buffer.from("06082a8648ce3d040302", "hex"));
  const attribute = Buffer.concat([
    Buffer.from("0603550403", "hex"),
    element(UTF8_STRING, Buffer.from(commonName)),
  ]);
  const name = element(SEQUENCE, element(SET, element(SEQUENCE, attribute)));
  const validity = element(
    SEQUENCE,
    element(UTC_TIME, Buffer.from("200101000000Z")),
    element(GENERALIZED_TIME, Buffer.from("99991231235959Z")),
  );
  const content = element(
    SEQUENCE,
    element(INTEGER, Buffer.of(1)),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ format: "der", type: "spki" }),
  );
  // The first byte of a bit string counts the unused bits of the last one.
  const signature = element(BIT_STRING, Buffer.of(0), sign("sha256", content, privateKey));
  const certificate = element(SEQUENCE, content, algorithm, signature).toString("base64");
  const lines = certificate.replaceAll(/.{64}/g, "$&\n").trimEnd();
  return {
    key: privateKey.export({ format: "pem", type: "pkcs8" }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

/** Encodes an element: its tag, its length and its content. */
function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

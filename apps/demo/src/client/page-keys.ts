import { generateKeyPairSync, randomUUID } from "node:crypto";
import type { JWK } from "jose";
import { type Certificate, selfSignedCertificate } from "./self-signed-certificate.ts";

/** A key set (RFC 7517 §5) without private parts. */
export interface PublicKeys {
  readonly keys: readonly JWK[];
}

/** The keys of the page's server: made at its start, in memory alone. */
export interface PageKeys {
  /** Signs client assertions and the assertions of the JWT bearer grant. */
  readonly signing: JWK;
  /** Signs DPoP proofs. One key, so that a token which is bound to it can be used again later. */
  readonly dpop: JWK;
  /** The client certificate for TLS (RFC 8705 §2.2), which signs itself. */
  readonly tls: Certificate;
  /** What a provider has to know of the signing key. */
  readonly published: PublicKeys;
}

/** Makes keys of the algorithm ES256. */
export function makePageKeys(): PageKeys {
  const signing = { ...makeKey(), kid: randomUUID(), alg: "ES256", use: "sig" };
  const { d: _private, ...published } = signing;
  return {
    signing,
    dpop: makeKey(),
    tls: selfSignedCertificate("Grantkit playground"),
    published: { keys: [published] },
  };
}

function makeKey(): JWK {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ format: "jwk" });
}

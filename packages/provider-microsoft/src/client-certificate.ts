import { type ClientAuthentication, privateKeyJwt, type PrivateKeyJwt } from "@grantkit/core";
import { ownOptions } from "@grantkit/core/requests";

/** A certificate that is registered with an app, and its key. */
export interface ClientCertificateOptions {
  /** The X.509 certificate in PEM; of a chain the first is the app's. */
  readonly certificate: string;
  /** The private key: PEM (PKCS #8; in Node also PKCS #1), JWK, `KeyObject` or `CryptoKey`. */
  readonly key: PrivateKeyJwt["key"];
  /**
   * The signature algorithm.
   *
   * @defaultValue `"PS256"`, which Microsoft recommends
   */
  readonly algorithm?: string;
}

/**
 * Client authentication with a certificate, in the place of a secret: each token request has a JWT that the key signs, and
 * that names the certificate's thumbprint (`x5t#S256`). It is valid for a minute. The key is imported by the first request,
 * whose ConfigurationError says what is wrong with it.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/certificate-credentials
 *
 * @example
 * ```ts
 * import { readFileSync } from "node:fs";
 * import { clientCertificate, MicrosoftClient } from "@grantkit/provider-microsoft";
 *
 * const pem = readFileSync("app.pem", "utf8"); // the key and the certificate
 * export const microsoft = new MicrosoftClient({
 *   clientId: process.env["MICROSOFT_CLIENT_ID"] ?? "",
 *   tenant: process.env["MICROSOFT_TENANT_ID"] ?? "",
 *   clientAuthentication: clientCertificate({ certificate: pem, key: pem }),
 * });
 * ```
 */
export function clientCertificate(options: ClientCertificateOptions): PrivateKeyJwt {
  const {
    certificate,
    key,
    algorithm = "PS256",
  } = ownOptions(options ?? ({} as ClientCertificateOptions));
  // A certificate that is missing must not become a key without one.
  return privateKeyJwt({ key, algorithm, certificate: certificate ?? "" });
}

/** Gives a signed assertion the audience that Microsoft documents, unless the app has chosen another. */
export function withAudience(
  chosen: ClientAuthentication | undefined,
  tokenEndpoint: string | undefined,
): ClientAuthentication | undefined {
  if (typeof chosen !== "object" || chosen.method !== "private_key_jwt") return chosen;
  const { method: _method, key: _key, audience = tokenEndpoint, ...rest } = chosen;
  return privateKeyJwt({ ...rest, key: chosen.key, audience });
}

import { isObject } from "../options/option-rules.ts";
import { ownFields, ownOptions } from "../options/own-fields.ts";
import { certificateProblems } from "./certificate-thumbprint.ts";
import type { SigningKey } from "./signing-key.ts";

/** A request to an OAuth endpoint before the client is authenticated in it. */
export interface ClientAuthenticationRequest {
  /** The endpoint's URL. */
  readonly url: string;
  /** The client ID. */
  readonly clientId: string;
  /** The client secret, when the client has one. */
  readonly clientSecret: string | undefined;
  /** The form that is about to be sent; change it in place. */
  readonly form: URLSearchParams;
  /** The headers that are about to be sent; change them in place. */
  readonly headers: Headers;
}

/** Authenticates the client in a way of its own: adds what the provider wants to the form or the headers. */
export type ClientAuthenticationFunction = (
  request: ClientAuthenticationRequest,
) => void | Promise<void>;

/** Client authentication with a signed assertion; made by {@link privateKeyJwt}. */
export interface PrivateKeyJwt {
  /** The registered name of the method (OpenID Connect Core §9). */
  readonly method: "private_key_jwt";
  /** The private key. */
  readonly key: SigningKey;
  /** The signature algorithm; by default the usual one for the kind of key. */
  readonly algorithm?: string | undefined;
  /** The key's id, for the `kid` header; by default the `kid` of a JWK. */
  readonly keyId?: string | undefined;
  /** The key's certificate in PEM, whose thumbprint is the header `x5t#S256`. */
  readonly certificate?: string | undefined;
  /** The assertion's audience. */
  readonly audience?: string | undefined;
}

/** Client authentication with an assertion that the client secret signs; made by {@link clientSecretJwt}. */
export interface ClientSecretJwt {
  /** The registered name of the method (OpenID Connect Core §9). */
  readonly method: "client_secret_jwt";
  /** The assertion's audience. */
  readonly audience?: string | undefined;
}

/** Client authentication with the certificate of the TLS connection; made by {@link tlsClientAuth}. */
export interface TlsClientAuth {
  /** The registered name of the method (RFC 8705 §2). */
  readonly method: "tls_client_auth";
}

/**
 * How a client authenticates at the provider's OAuth endpoints: one way, never two at once.
 *
 * - `"post"`: client ID and secret as form fields (RFC 6749 §2.3.1).
 * - `"basic"`: HTTP Basic with both parts form-encoded first, as RFC 6749 §2.3.1 requires.
 * - `"basicRaw"`: HTTP Basic without that encoding, for servers that do not decode.
 * - `"none"`: the client ID alone, for public clients.
 * - {@link privateKeyJwt}, {@link clientSecretJwt}, {@link tlsClientAuth}, or a function of your own.
 */
export type ClientAuthentication =
  | "post"
  | "basic"
  | "basicRaw"
  | "none"
  | PrivateKeyJwt
  | ClientSecretJwt
  | TlsClientAuth
  | ClientAuthenticationFunction;

/**
 * Client authentication with a private key (RFC 7523 §2.2, OpenID Connect Core §9): no secret is sent. The key is
 * imported on the first request.
 *
 * @param options - `key`: PEM (PKCS #8; in Node also PKCS #1 and SEC 1), JWK, `KeyObject` or `CryptoKey`; `keyId` and
 * `algorithm`, where the key does not have them; `audience`, by default the provider's issuer, or its token endpoint
 * where it has no issuer; `certificate`, the key's X.509 certificate in PEM, for a provider that finds the key by its
 * thumbprint (`x5t#S256`, RFC 7515 §4.1.8).
 *
 * @example
 * ```ts
 * import { OAuth2Client, privateKeyJwt } from "@grantkit/core";
 *
 * export const connect = (pem: string) =>
 *   OAuth2Client.discover("https://id.example.com", {
 *     clientId: "my-app",
 *     redirectUri: "https://app.example.com/callback",
 *     clientAuthentication: privateKeyJwt({ key: pem, keyId: "2026-11" }),
 *   });
 * ```
 */
export function privateKeyJwt(options: Omit<PrivateKeyJwt, "method">): PrivateKeyJwt {
  const made = ownFields({ ...options, method: "private_key_jwt" as const });
  // A provider's definition may have it, and whatever prints the definition must not print the key.
  return Object.freeze(Object.defineProperty(made, "key", ownFields({ enumerable: false })));
}

/**
 * Client authentication with an assertion that the client secret signs with HS256 (OpenID Connect Core §9).
 *
 * @param options - `audience`, as for {@link privateKeyJwt}.
 */
export function clientSecretJwt(options: Omit<ClientSecretJwt, "method"> = {}): ClientSecretJwt {
  return Object.freeze(ownFields({ ...options, method: "client_secret_jwt" as const }));
}

/**
 * Client authentication with a TLS certificate (RFC 8705 §2). Pass the certificate in the client's `http` option, as an
 * `httpsAgent` with `cert` and `key`.
 */
export function tlsClientAuth(): TlsClientAuth {
  return Object.freeze(ownFields({ method: "tls_client_auth" as const }));
}

const WORDS: readonly unknown[] = ["post", "basic", "basicRaw", "none"];
const METHODS: readonly unknown[] = ["private_key_jwt", "client_secret_jwt", "tls_client_auth"];

/** Lists what is wrong with the option `clientAuthentication`. */
export function clientAuthenticationProblems(value: unknown): string[] {
  if (value === undefined || typeof value === "function" || WORDS.includes(value)) return [];
  const { method, key, certificate } = ownOptions(
    isObject(value) ? value : ownFields({}),
  ) as Record<string, unknown>;
  if (!METHODS.includes(method)) {
    return [
      'clientAuthentication must be "post", "basic", "basicRaw", "none", privateKeyJwt({ … }), clientSecretJwt(), tlsClientAuth() or a function',
    ];
  }
  if (method !== "private_key_jwt") return [];
  return [
    ...((key ?? "") === ""
      ? ["privateKeyJwt: key is missing: pass a private key (is the environment variable set?)"]
      : []),
    ...certificateProblems(certificate),
  ];
}

/** Whether a kind of client authentication may use the client secret: a function of the app's is given it. */
export function usesSecret(value: ClientAuthentication): boolean {
  return typeof value === "function" || needsSecret(value);
}

/** Whether a kind of client authentication needs the client secret. */
export function needsSecret(value: unknown): boolean {
  if (value === "post" || value === "basic" || value === "basicRaw") return true;
  return (
    (ownOptions(value) as { method?: unknown } | null | undefined)?.method === "client_secret_jwt"
  );
}

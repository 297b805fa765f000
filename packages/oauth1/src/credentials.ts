import type { Clock, SigningKey } from "@grantkit/core";
import {
  ENVIRONMENT_RULES,
  must,
  mustBeFlag,
  type OptionRule,
  type OptionRules,
} from "@grantkit/core/requests";
import { mustBeSignatureType, type SignatureType } from "./signing/placement.ts";
import { keyProblem } from "./signing/rsa-keys.ts";
import {
  type BodyHash,
  type MethodDefinition,
  mustBeSignatureMethod,
  signatureMethod,
  type SignatureMethod,
} from "./signing/signature-methods.ts";

/** Who signs a request, and how. */
export interface OAuth1Credentials {
  /** The client key (consumer key) that the provider gave your app. */
  readonly clientKey: string;
  /** The client secret (consumer secret); RSA methods need none. */
  readonly clientSecret?: string;
  /** The token: a request token during a sign-in, an access token after it; none for two-legged requests. */
  readonly resourceOwnerKey?: string;
  /** The token's secret; leave it out if the provider gave none. */
  readonly resourceOwnerSecret?: string;
  /** The callback URL, or `"oob"` if the user types a code: sent as `oauth_callback` (RFC 5849 §2.1). */
  readonly callbackUri?: string;
  /** The verifier that came with the callback: sent as `oauth_verifier` (RFC 5849 §2.3). */
  readonly verifier?: string;
  /**
   * The signature method. PLAINTEXT sends the secrets themselves, and only over https or to this machine.
   *
   * @defaultValue `"HMAC-SHA1"`
   */
  readonly signatureMethod?: SignatureMethod;
  /**
   * Where the OAuth parameters go. URLs end up in logs, so prefer another place to `"query"`; `"body"` needs a form.
   *
   * @defaultValue `"header"`
   */
  readonly signatureType?: SignatureType;
  /**
   * The private key of RSA methods, 1024 bits or longer (better 2048): PEM (PKCS #8, in Node also PKCS #1), JWK,
   * `KeyObject` or `CryptoKey`. Equal PEMs, and one object, are parsed once.
   */
  readonly privateKey?: SigningKey;
  /** The realm, sent in the `Authorization` header only and not signed (RFC 5849 §3.5.1). */
  readonly realm?: string;
  /**
   * Whether to send the hash of a body that is not a form (`oauth_body_hash`), so that the signature covers it. This is an
   * extension: some providers require it, others ignore or refuse it. GET, HEAD and requests without a body have none.
   *
   * @defaultValue `false`: RFC 5849 leaves such bodies unsigned
   */
  readonly forceIncludeBody?: boolean;
  /**
   * The digest of `oauth_body_hash`; naming one also sends the hash. requests-oauthlib always uses SHA-1.
   *
   * @defaultValue the signature method's own; SHA-1 for PLAINTEXT and methods of your own
   */
  readonly bodyHash?: BodyHash;
  /**
   * The nonce, for tests.
   *
   * @defaultValue 128 random bits, new for each request
   */
  readonly nonce?: string;
  /** The timestamp in seconds since the epoch, for tests. */
  readonly timestamp?: number;
  /** The clock, for tests. */
  readonly clock?: Clock;
}

const FORGOTTEN = "(is the environment variable set?)";

const mustBeCredential = must(
  "be a string without white space around it",
  (value) => isText(value) && value.trim() === value,
);

/** Makes the rule of an optional credential. */
function optionalCredential(advice: string): OptionRule {
  return (value, name, options) =>
    value === ""
      ? [`${name} is empty: ${advice} ${FORGOTTEN}`]
      : mustBeCredential(value, name, options);
}

const optionalSecret = optionalCredential("leave it out where an RSA method needs none");

const clientKey: OptionRule = (value, name, options) =>
  value === undefined || value === ""
    ? [
        `clientKey is missing: pass the client key (consumer key) that the provider shows for your app ${FORGOTTEN}`,
      ]
    : mustBeCredential(value, name, options);

const clientSecret: OptionRule = (value, name, options) => {
  if (value !== undefined) return optionalSecret(value, name, options);
  const kind = chosenMethod(options)?.kind;
  return kind === "hmac" || kind === "plaintext"
    ? [`clientSecret is missing: HMAC methods and PLAINTEXT sign with it ${FORGOTTEN}`]
    : [];
};

const privateKey: OptionRule = (value, _name, options) => {
  const method = chosenMethod(options);
  if (method?.kind === "rsa") {
    if (value === undefined || value === null || value === "") {
      return [`privateKey is missing: RSA methods sign with it ${FORGOTTEN}`];
    }
    const problem = keyProblem(value, "private", method.digest);
    return problem === undefined ? [] : [`privateKey ${problem}`];
  }
  return value === undefined || !method || method.kind === "custom"
    ? []
    : [
        'privateKey is for RSA methods: choose signatureMethod "RSA-SHA256" or "RSA-SHA1", or leave it out',
      ];
};

function chosenMethod({
  signatureMethod: method = "HMAC-SHA1",
}: Partial<Record<keyof OAuth1Credentials, unknown>>): MethodDefinition | undefined {
  return signatureMethod(method);
}

const BODY_HASHES: readonly unknown[] = ["SHA-1", "SHA-256", "SHA-512", false] satisfies BodyHash[];

const mustBeBodyHash = must('be "SHA-1", "SHA-256", "SHA-512" or false', (value) =>
  BODY_HASHES.includes(value),
);

const mustBeRealm = must("be a string of printable ASCII characters", isRealm);

/** The rules of {@link OAuth1Credentials}. */
export const CREDENTIAL_RULES: OptionRules<OAuth1Credentials> = {
  clientKey,
  clientSecret,
  resourceOwnerKey: optionalCredential("leave it out for a request without a token"),
  resourceOwnerSecret: optionalCredential("leave it out where the provider gives none"),
  callbackUri: must('be an absolute URL with its scheme, or "oob"', isCallback),
  verifier: optionalCredential("leave it out where there is none"),
  signatureMethod: mustBeSignatureMethod,
  signatureType: mustBeSignatureType,
  privateKey,
  realm: mustBeRealm,
  forceIncludeBody: mustBeFlag,
  bodyHash: (value, name, options) =>
    value === false && options["forceIncludeBody"] === true
      ? ["bodyHash is false and forceIncludeBody true: leave one of them out"]
      : mustBeBodyHash(value, name, options),
  nonce: must("be a string that is not empty", isText),
  timestamp: must(
    "be a whole number of seconds above 0",
    (value) => Number.isSafeInteger(value) && (value as number) > 0,
  ),
  clock: ENVIRONMENT_RULES.clock,
};

/** Whether a header can carry a realm. */
export function isRealm(value: unknown): value is string {
  return typeof value === "string" && /^[\x20-\x7e]*$/.test(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !/\p{Surrogate}/u.test(value);
}

function isCallback(value: unknown): boolean {
  if (value === "oob") return true;
  // "localhost:3000/callback" parses as a URL with the scheme "localhost:".
  return isText(value) && URL.canParse(value) && !/^[\w.-]+:\d/.test(value);
}

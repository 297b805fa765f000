import { randomToken } from "../crypto/random.ts";
import type { ClientContext } from "../client-context.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import type { Signer, SigningKey } from "../oidc/signing-key.ts";
import { anything, isObject, type OptionRules } from "../options/option-rules.ts";
import type { Token } from "../tokens/token.ts";
import { GRANT_RULES, type GrantOptions, grantParameters } from "./grant-parameters.ts";
import { grantedClaims, grantedToken } from "./granted-token.ts";
import { requestTokens } from "./token-endpoint.ts";

const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** Seconds that an assertion is valid: it is used at once, and some servers accept no more. */
const LIFETIME = 300;

/** Claims of an assertion, and the key to sign it with. */
export interface AssertionToSign {
  /**
   * The claims: `sub`, the user to act for, and what else the provider wants. By default `iss` is the client ID, `aud` the
   * token endpoint, `iat` now, `exp` five minutes from now and `jti` random; times are in seconds since the epoch.
   */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The private key: PEM, JWK, `KeyObject` or `CryptoKey`; it is imported again only when it changes. */
  readonly key: SigningKey;
  /**
   * The signature algorithm.
   *
   * @defaultValue the usual one for the kind of key: RS256, ES256, …
   */
  readonly algorithm?: string;
  /**
   * The key's id, for the `kid` header.
   *
   * @defaultValue the `kid` of a JWK
   */
  readonly keyId?: string;
  /** Not allowed with claims. */
  readonly assertion?: never;
}

/** An assertion that is already signed. */
export interface ReadyAssertion {
  /** The signed JWT. */
  readonly assertion: string;
  /** Not allowed with an assertion. */
  readonly claims?: never;
  /** Not allowed with an assertion. */
  readonly key?: never;
}

/** Options of the JWT bearer grant. */
export type JwtBearerOptions = GrantOptions & (AssertionToSign | ReadyAssertion);

const RULES: OptionRules<GrantOptions & Signer & Record<"assertion" | "claims", unknown>> = {
  ...GRANT_RULES,
  assertion: (value, _name, { claims, key }) => {
    if (value === undefined) return [];
    if (claims !== undefined || key !== undefined) {
      return ["pass either assertion, or claims and key"];
    }
    return typeof value === "string" && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(value)
      ? []
      : ["assertion must be a signed JWT"];
  },
  claims: (value, _name, { assertion }) =>
    assertion !== undefined || isObject(value)
      ? []
      : ["claims is missing: pass the claims of the assertion, or a ready assertion"],
  key: (value, _name, { assertion }) =>
    assertion !== undefined || (value ?? "") !== ""
      ? []
      : ["key is missing: pass the private key (is the environment variable set?)"],
  algorithm: anything,
  keyId: anything,
};

/** Requests a token with a signed assertion (RFC 7523 §2.1), as service accounts do. */
export async function fetchWithAssertion(
  context: ClientContext,
  options: JwtBearerOptions,
): Promise<Token> {
  const { scope } = options;
  const shared = grantParameters(context, "fetchJwtBearerToken()", options, RULES);
  const assertion = options.assertion ?? (await signed(context, options));
  const granted = await requestTokens(context, {
    grant: GRANT,
    parameters: { assertion, ...shared },
    secrets: [assertion],
    advice: {
      INVALID_GRANT: "Check the assertion: iss, sub, aud, its times, and the key that signed it.",
    },
    signal: options.signal,
  });
  const claims = await grantedClaims(context, granted, { signal: options.signal });
  return grantedToken(context, granted, { requestedScope: scope, claims });
}

async function signed(
  context: ClientContext,
  { claims, ...signer }: AssertionToSign,
): Promise<string> {
  const { provider, clientId, clock } = context;
  const { importOnce } = await import("../oidc/import-once.ts");
  const { signJwt } = await import("../oidc/jwt-signing.ts");
  const now = Math.floor(clock.now() / 1000);
  try {
    const key = await importOnce(context, signer);
    const defaults = {
      iss: clientId,
      aud: provider.endpoints.token,
      iat: now,
      exp: now + LIFETIME,
      jti: randomToken(),
    };
    return await signJwt({ ...defaults, ...claims }, key, { typ: "JWT" });
  } catch (error) {
    const problem = error instanceof TypeError ? error.message : "the assertion cannot be signed";
    throw new ConfigurationError("fetchJwtBearerToken()", [problem], provider.name);
  }
}

import {
  defineProvider,
  type IdTokenClaims,
  isOAuthError,
  OAuth2Client,
  type OAuth2ClientOptions,
  type Profile,
  type VerifyIdTokenOptions,
} from "@grantkit/core";
import type { FacebookApp } from "./client-options.ts";
import { facebookProfile } from "./profile.ts";

/** The user of a verified ID token of Limited Login. */
export interface LimitedLogin {
  /** The verified claims. `sub` is the user's ID within your app. */
  readonly claims: IdTokenClaims;
  /** The user as a common profile. */
  readonly profile: Profile;
}

const ISSUERS = ["https://www.facebook.com", "https://limited.facebook.com"];
const KEYS = ISSUERS.toReversed().map((host) => `${host}/.well-known/oauth/openid/jwks/`);

/** Verifies ID tokens of Limited Login, whose keys are at two hosts: documents and apps disagree about which. */
export class LimitedLoginVerifier {
  readonly #issuers: readonly string[];
  readonly #keys: readonly string[];
  readonly #options: OAuth2ClientOptions;
  readonly #clients = new Map<string, OAuth2Client>();

  /** @param provider - The client's; if it is not Facebook itself but an emulator, its issuer and keys are the defaults. */
  constructor(
    provider: OAuth2Client["provider"],
    { client, limitedLogin: { issuers, keys } = {} }: FacebookApp,
  ) {
    const { issuer, endpoints: own } = provider;
    const { clientId, http, timeout, clock, retries } = client;
    const isFacebook = ISSUERS.includes(issuer as string);
    this.#issuers = issuers ?? (isFacebook ? ISSUERS : textsOf(issuer));
    this.#keys = keys ?? (isFacebook ? KEYS : textsOf(own.jwks));
    const set = Object.entries({ http, timeout, clock, retries });
    const options = Object.fromEntries(set.filter(([, value]) => value !== undefined));
    this.#options = { ...options, clientId };
  }

  /** @throws OAuthError: `ID_TOKEN_INVALID`, `KEY_SELECTION_FAILED`, `KEY_SET_UNAVAILABLE`, `CLOCK_SKEW`. */
  async verify(idToken: string, options: VerifyIdTokenOptions): Promise<LimitedLogin> {
    // What is read here is not believed: core compares it again when the signature was verified.
    const claimed = claimedIssuer(idToken);
    const issuer = this.#issuers.find((name) => name === claimed) ?? this.#issuers[0] ?? "";
    let failure: unknown;
    for (const keys of this.#keys) {
      try {
        const claims = await this.#clientFor(issuer, keys).verifyIdToken(idToken, options);
        return { claims, profile: facebookProfile(claims) };
      } catch (error) {
        failure = error;
        if (!isOAuthError(error) || !KEY_IS_MISSING.has(error.code)) break;
      }
    }
    throw failure;
  }

  #clientFor(issuer: string, jwks: string): OAuth2Client {
    const name = `${issuer} ${jwks}`;
    const known = this.#clients.get(name);
    if (known) return known;
    const endpoints = { token: jwks, jwks };
    const provider = defineProvider({ name: "facebook", issuer, endpoints });
    const client = new OAuth2Client(provider, this.#options);
    this.#clients.set(name, client);
    return client;
  }
}

const KEY_IS_MISSING = new Set(["KEY_SELECTION_FAILED", "KEY_SET_UNAVAILABLE"]);

function claimedIssuer(idToken: unknown): unknown {
  try {
    const payload = String(idToken).split(".")[1] ?? "";
    const text = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
    return (JSON.parse(text) as { readonly iss?: unknown }).iss;
  } catch {
    return undefined;
  }
}

function textsOf(...values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === "string");
}

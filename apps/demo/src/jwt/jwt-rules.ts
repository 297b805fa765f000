import type { RunJwt } from "./jwts-of-run.ts";

/** What a sign-in or a form asked for, which the ID token has to answer. */
export interface SentValues {
  readonly access_token?: string | undefined;
  readonly nonce?: string | undefined;
  readonly max_age?: string | undefined;
}

/** One thing that the SDK checks of a JWT. */
export interface JwtRule {
  readonly title: string;
  /** What `details.claim` of the SDK's error names if it fails. */
  readonly claims: readonly string[];
  readonly rule: string;
  readonly source: string;
  /** What the token says; undefined if it says nothing that could be checked. */
  readonly fact: (jwt: RunJwt, sent: SentValues) => string | undefined;
}

const CORE = "OpenID Connect Core §3.1.3.7";

/** The rules for a kind of JWT, in the SDK's order: it stops at the first that fails. */
export interface JwtRules {
  readonly rules: readonly JwtRule[];
  /** Whether these claims are there is checked before the value of any. */
  readonly requiredClaims: readonly string[];
}

/** The first checks, which are the same for every kind of JWT that a provider signs. */
export const COMMON_RULES: readonly JwtRule[] = [
  {
    title: "Format",
    claims: ["jwt"],
    rule: "Three parts, at most 64 KB.",
    source: "RFC 7515 §3.1",
    fact: ({ text }) => `${text.length} characters`,
  },
  {
    title: "Algorithm",
    claims: ["alg"],
    rule: "One that the provider's definition accepts; never none.",
    source: "RFC 8725 §3.1",
    fact: ({ header }) => textOf(header["alg"]),
  },
  {
    title: "Extensions",
    claims: ["crit"],
    rule: "None that the SDK would have to know.",
    source: "RFC 7515 §4.1.11",
    fact: ({ header }) => (header["crit"] === undefined ? "none" : textOf(header["crit"])),
  },
  {
    title: "Key",
    claims: ["kid"],
    rule: "One of the provider's published keys, or the client secret for HS256.",
    source: "RFC 7515 §4.1.4",
    fact: ({ header }) => (header["kid"] === undefined ? "not named" : textOf(header["kid"])),
  },
  {
    title: "Signature",
    claims: ["signature"],
    rule: "Made with that key.",
    source: "RFC 7515 §5.2",
    fact: ({ header, text }) =>
      `${textOf(header["alg"])}, ${text.split(".")[2]?.length} characters`,
  },
  {
    title: "aud",
    claims: ["aud"],
    rule: "This app, and nobody else that was not named.",
    source: CORE,
    fact: ({ claims }) => textOf(claims["aud"]),
  },
  {
    title: "Clock",
    claims: ["clock"],
    rule: "This machine's clock agrees with the provider's, by the Date of its responses.",
    source: "RFC 9110 §6.6.1",
    fact: () => undefined,
  },
  {
    title: "nbf",
    claims: ["nbf"],
    rule: "Not in the future.",
    source: "RFC 7519 §4.1.5",
    fact: ({ claims }) => timeOf(claims["nbf"]),
  },
  {
    title: "exp",
    claims: ["exp"],
    rule: "Not in the past.",
    source: "RFC 7519 §4.1.4",
    fact: ({ claims }) => timeOf(claims["exp"]),
  },
  {
    title: "iss",
    claims: ["iss"],
    rule: "The provider's issuer.",
    source: CORE,
    fact: ({ claims }) => textOf(claims["iss"]),
  },
];

/** A claim as text; undefined if it is absent. */
export function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A claim in seconds since the epoch as a date. */
export function timeOf(seconds: unknown): string | undefined {
  if (typeof seconds !== "number") return textOf(seconds);
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds}` : date.toISOString();
}

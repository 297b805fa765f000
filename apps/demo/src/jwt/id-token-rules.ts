import { masked } from "../exchanges/masking.ts";
import type { RunJwt } from "./jwts-of-run.ts";

/** What a sign-in asked for, which its ID token has to answer. */
export interface SentValues {
  readonly nonce?: string | undefined;
  readonly max_age?: string | undefined;
}

/** One thing that the SDK checks of an ID token. */
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

/** The checks in the SDK's order: it stops at the first that fails. A test runs into each flaw that the emulators have. */
export const ID_TOKEN_RULES: readonly JwtRule[] = [
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
  {
    title: "Kind",
    claims: ["events", "typ"],
    rule: "No logout token, and no JWT of another kind.",
    source: "RFC 8725 §3.11",
    fact: ({ header }) => (header["typ"] === undefined ? "no typ" : textOf(header["typ"])),
  },
  {
    title: "sub",
    claims: ["sub"],
    rule: "There, and at most 255 characters.",
    source: "OpenID Connect Core §2",
    fact: ({ claims }) => textOf(claims["sub"]),
  },
  {
    title: "azp",
    claims: ["azp"],
    rule: "This app.",
    source: CORE,
    fact: ({ claims }) => textOf(claims["azp"]),
  },
  {
    title: "iat",
    claims: ["iat"],
    rule: "Not in the future.",
    source: CORE,
    fact: ({ claims }) => timeOf(claims["iat"]),
  },
  {
    title: "auth_time",
    claims: ["auth_time"],
    rule: "Not longer ago than max_age allows.",
    source: CORE,
    fact: ({ claims }, { max_age: most }) =>
      most === undefined ? undefined : `${timeOf(claims["auth_time"])}, at most ${most} s ago`,
  },
  {
    title: "nonce",
    claims: ["nonce"],
    rule: "The one that this sign-in sent.",
    source: CORE,
    fact: ({ claims }, { nonce }) =>
      nonce === undefined ? undefined : masked(textOf(claims["nonce"]) ?? ""),
  },
  {
    title: "at_hash",
    claims: ["at_hash"],
    rule: "The hash of the access token that came with it.",
    source: "OpenID Connect Core §3.1.3.6",
    fact: ({ claims }) => textOf(claims["at_hash"]),
  },
  {
    title: "c_hash",
    claims: ["c_hash"],
    rule: "The hash of the code that came with it.",
    source: "OpenID Connect Core §3.3.2.11",
    fact: ({ claims }) => textOf(claims["c_hash"]),
  },
];

/** Without a claim there is nothing to check, and these must be there. */
export const REQUIRED_CLAIMS: readonly string[] = ["iss", "sub", "aud", "exp", "iat"];

function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function timeOf(seconds: unknown): string | undefined {
  if (typeof seconds !== "number") return textOf(seconds);
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds}` : date.toISOString();
}

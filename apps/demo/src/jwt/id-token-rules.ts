import { masked } from "../exchanges/masking.ts";
import { COMMON_RULES, type JwtRules, textOf, timeOf } from "./jwt-rules.ts";

const CORE = "OpenID Connect Core §3.1.3.7";

/** What the SDK checks of an ID token. A test runs into each flaw that the emulators have. */
export const ID_TOKEN_RULES: JwtRules = {
  requiredClaims: ["iss", "sub", "aud", "exp", "iat"],
  rules: [
    ...COMMON_RULES,
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
      // Whoever verifies an ID token later may have another access token by then, or none.
      fact: ({ claims, origin }, { access_token: given }) =>
        origin === "received" || given !== undefined ? textOf(claims["at_hash"]) : undefined,
    },
    {
      title: "c_hash",
      claims: ["c_hash"],
      rule: "The hash of the code that came with it.",
      source: "OpenID Connect Core §3.3.2.11",
      fact: ({ claims, origin }) => (origin === "received" ? textOf(claims["c_hash"]) : undefined),
    },
  ],
};

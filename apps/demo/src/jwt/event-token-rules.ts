import { COMMON_RULES, type JwtRule, type JwtRules, textOf, timeOf } from "./jwt-rules.ts";

const requiredClaims = ["iss", "aud", "iat", "jti", "events"];

const KIND: JwtRule = {
  title: "Kind",
  claims: ["typ"],
  rule: "No JWT of another kind.",
  source: "RFC 8725 §3.11",
  fact: ({ header }) => textOf(header["typ"]) ?? "no typ",
};

const JTI: JwtRule = {
  title: "jti",
  claims: ["jti"],
  rule: "There, to recognize a token that comes again.",
  source: "RFC 8417 §2.2",
  fact: ({ claims }) => textOf(claims["jti"]),
};

const IAT: JwtRule = {
  title: "iat",
  claims: ["iat"],
  rule: "Not in the future; that of a logout token at most five minutes ago.",
  source: "RFC 8417 §2.2",
  fact: ({ claims }) => timeOf(claims["iat"]),
};

/** What the SDK checks of a logout token. */
export const LOGOUT_TOKEN_RULES: JwtRules = {
  requiredClaims,
  rules: [
    ...COMMON_RULES,
    KIND,
    {
      title: "events",
      claims: ["events"],
      rule: "Says that it is a logout.",
      source: "OpenID Back-Channel Logout §2.4",
      fact: ({ claims }) => textOf(claims["events"]),
    },
    {
      title: "nonce",
      claims: ["nonce"],
      rule: "None: only an ID token has one.",
      source: "OpenID Back-Channel Logout §2.6",
      fact: ({ claims }) => textOf(claims["nonce"]) ?? "none",
    },
    JTI,
    {
      title: "sub, sid",
      claims: ["sub", "sid"],
      rule: "One of them, or both.",
      source: "OpenID Back-Channel Logout §2.6",
      fact: ({ claims }) => textOf(claims["sub"]) ?? textOf(claims["sid"]),
    },
    IAT,
  ],
};

/** What the SDK checks of a security event token. */
export const SECURITY_EVENT_RULES: JwtRules = {
  requiredClaims,
  rules: [
    ...COMMON_RULES,
    KIND,
    {
      title: "events",
      claims: ["events"],
      rule: "Says what has happened.",
      source: "RFC 8417 §2.2",
      fact: ({ claims }) => textOf(claims["events"]),
    },
    JTI,
    IAT,
  ],
};

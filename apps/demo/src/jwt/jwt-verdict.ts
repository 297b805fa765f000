import { urlParts, bodyParts } from "../exchanges/message-parts.ts";
import type { RunError } from "../runs/run-error.ts";
import type { Run } from "../runs/run.ts";
import { LOGOUT_TOKEN_RULES, SECURITY_EVENT_RULES } from "./event-token-rules.ts";
import { ID_TOKEN_RULES } from "./id-token-rules.ts";
import type { JwtRule, JwtRules, SentValues } from "./jwt-rules.ts";
import type { RunJwt } from "./jwts-of-run.ts";

/** What came of one check: `absent` if there was nothing to check, `open` if the SDK stopped before it. */
interface JwtCheck {
  readonly state: "passed" | "failed" | "absent" | "open";
  readonly title: string;
  readonly fact: string | undefined;
  /** What has to be, or the SDK's message if it is not. */
  readonly reason: string;
  readonly source?: string;
}

/** What the SDK found out about a JWT. */
export interface JwtVerdict {
  readonly result: "verified" | "refused" | "not checked";
  readonly checks: readonly JwtCheck[];
}

/** Reads from a run what the SDK found out about a JWT: its token has claims only if they were verified. */
export function verdictOf(run: Run, jwt: RunJwt): JwtVerdict {
  const { outcome, error } = run;
  const sent = sentValues(run);
  if (isVerified(run, jwt)) {
    const checks = rulesFor(jwt).rules.map((rule) => checkOf(rule, "passed", jwt, sent));
    return { result: "verified", checks };
  }
  const failed = error && !outcome && isCandidate(jwt) ? claimOf(error) : undefined;
  if (error === undefined || failed === undefined) return { result: "not checked", checks: [] };
  return { result: "refused", checks: checksUntil(failed, error, jwt, sent) };
}

const RULES_BY_CODE: Readonly<Record<string, JwtRules>> = {
  ID_TOKEN_INVALID: ID_TOKEN_RULES,
  LOGOUT_TOKEN_INVALID: LOGOUT_TOKEN_RULES,
  SECURITY_EVENT_INVALID: SECURITY_EVENT_RULES,
};

const LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** The rules by the error's code, or else by what the JWT says it is. */
function rulesFor({ claims }: RunJwt, code = ""): JwtRules {
  const { events } = claims;
  if (RULES_BY_CODE[code]) return RULES_BY_CODE[code];
  if (typeof events !== "object" || events === null) return ID_TOKEN_RULES;
  return LOGOUT_EVENT in events ? LOGOUT_TOKEN_RULES : SECURITY_EVENT_RULES;
}

function isVerified({ outcome }: Run, { text }: RunJwt): boolean {
  const { token, verifiedJwt } = outcome ?? {};
  return verifiedJwt === text || (token?.claims !== undefined && token.idToken === text);
}

/** Whether an error about an ID token can be about this JWT. */
function isCandidate({ name, origin }: RunJwt): boolean {
  return origin === "held" || name === "id_token" || (origin === "typed in" && name === "jwt");
}

/** The check at which the SDK stopped; undefined if the error is not about a JWT. */
function claimOf({ code, details }: RunError): string | undefined {
  if (code === "CLOCK_SKEW") return "clock";
  if (code === "KEY_SET_UNAVAILABLE" || code === "KEY_SELECTION_FAILED") return "kid";
  return code in RULES_BY_CODE ? `${details?.["claim"]}` : undefined;
}

function checksUntil(failed: string, error: RunError, jwt: RunJwt, sent: SentValues): JwtCheck[] {
  const { rules, requiredClaims } = rulesFor(jwt, error.code);
  const at = rules.findIndex(({ claims }) => claims.includes(failed));
  const isMissing = requiredClaims.includes(failed) && jwt.claims[failed] === undefined;
  const signature = rules.findIndex(({ title }) => title === "Signature");
  const lastPassed = isMissing ? signature : at === -1 ? rules.length : at - 1;
  const checks = rules.map((rule, index): JwtCheck => {
    if (index === at) {
      const { fact } = checkOf(rule, "failed", jwt, sent);
      return { state: "failed", title: rule.title, fact, reason: error.message };
    }
    return checkOf(rule, index <= lastPassed ? "passed" : "open", jwt, sent);
  });
  // A claim that only this provider checks, for example hd.
  const further = {
    state: "failed",
    title: failed,
    fact: undefined,
    reason: error.message,
  } as const;
  return at === -1 ? [...checks, further] : checks;
}

function checkOf(
  { title, rule, source, fact: factOf }: JwtRule,
  state: "passed" | "failed" | "open",
  jwt: RunJwt,
  sent: SentValues,
): JwtCheck {
  const fact = factOf(jwt, sent);
  return { state: fact === undefined ? "absent" : state, title, fact, reason: rule, source };
}

/** What the authorization request or the form said about the ID token. */
function sentValues({ exchanges, values }: Run): SentValues {
  const parts = exchanges
    .filter(({ between }) => between !== "browser → demo")
    .flatMap(({ url, requestBody = "" }) => [...urlParts(url), ...(bodyParts(requestBody) ?? [])]);
  const sent = (wanted: "nonce" | "max_age"): string | undefined =>
    values.text(wanted) ?? parts.find(({ name }) => name === wanted)?.value;
  return {
    nonce: sent("nonce"),
    max_age: sent("max_age"),
    access_token: values.text("access_token"),
  };
}

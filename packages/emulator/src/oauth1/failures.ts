import type { NamedFailure } from "../server/failures.ts";
import { OAuthProblem, problemReply } from "./oauth-problem.ts";
import { oauth1Switches } from "./options.ts";

const isApi = (path: string): boolean => path.startsWith("/api/");
const isToken = (path: string): boolean =>
  path === "/oauth/request_token" || path === "/oauth/access_token";

/** Makes the failures by name, on the given clock (milliseconds). */
export function oauth1Failures(now: () => number): Readonly<Record<OAuth1Failure, NamedFailure>> {
  const timestampRefused = (): Response => {
    const time = Math.floor(now() / 1000);
    return problem("timestamp_refused", {
      oauth_acceptable_timestamps: `${time - 300}-${time + 300}`,
    });
  };
  return {
    "api-token-rejected": api(() => problem("token_rejected")),
    "api-token-expired": api(() => problem("token_expired")),
    "api-nonce-used": api(() => problem("nonce_used")),
    "api-timestamp-refused": api(timestampRefused),
    "api-permission-denied": api(() => problem("permission_denied")),
    "api-rate-limit": api(() => unavailable(429)),
    "api-internal-failure": api(() => new Response("<h1>Oops</h1>", { status: 500 })),
    "api-unavailable": api(() => unavailable(503)),
    "token-consumer-key-refused": token(() => problem("consumer_key_refused")),
    "token-timestamp-refused": token(timestampRefused),
    "token-internal-failure": token(() => new Response("<h1>Oops</h1>", { status: 500 })),
    "token-unavailable": token(() => unavailable(503)),
    "token-redirect": {
      appliesTo: isToken,
      // To the same endpoint: the client has to sign the new request.
      respond: (c) => redirect(`${c.get("received").path}?moved=1`),
    },
    "token-redirect-elsewhere": token(() => redirect("https://elsewhere.invalid/oauth")),
  };
}

function api(respond: () => Response): NamedFailure {
  return { appliesTo: isApi, respond };
}

function token(respond: () => Response): NamedFailure {
  return { appliesTo: isToken, respond };
}

function problem(name: string, details: Readonly<Record<string, string>> = {}): Response {
  return problemReply(new OAuthProblem(401, name, "As it was asked for.", details), REALM);
}

const REALM = oauth1Switches.realm.byDefault;

function unavailable(status: 429 | 503): Response {
  return new Response("", { status, headers: { "retry-after": "1" } });
}

function redirect(location: string): Response {
  return new Response(null, { status: 307, headers: { location } });
}

/** The names of failures that OAuth 1.0a servers are known for. */
export type OAuth1Failure =
  | "api-token-rejected"
  | "api-token-expired"
  | "api-nonce-used"
  | "api-timestamp-refused"
  | "api-permission-denied"
  | "api-rate-limit"
  | "api-internal-failure"
  | "api-unavailable"
  | "token-consumer-key-refused"
  | "token-timestamp-refused"
  | "token-internal-failure"
  | "token-unavailable"
  | "token-redirect"
  | "token-redirect-elsewhere";

import type { OAuth1Failure } from "./options.ts";
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
    "api-token-rejected": apiFailure(() => problem("token_rejected")),
    "api-token-expired": apiFailure(() => problem("token_expired")),
    "api-nonce-used": apiFailure(() => problem("nonce_used")),
    "api-timestamp-refused": apiFailure(timestampRefused),
    "api-permission-denied": apiFailure(() => problem("permission_denied")),
    "api-rate-limit": apiFailure(() => unavailable(429)),
    "api-internal-failure": apiFailure(() => new Response("<h1>Oops</h1>", { status: 500 })),
    "api-unavailable": apiFailure(() => unavailable(503)),
    "token-consumer-key-refused": tokenFailure(() => problem("consumer_key_refused")),
    "token-timestamp-refused": tokenFailure(timestampRefused),
    "token-internal-failure": tokenFailure(() => new Response("<h1>Oops</h1>", { status: 500 })),
    "token-unavailable": tokenFailure(() => unavailable(503)),
    "token-redirect": {
      appliesTo: isToken,
      // To the same endpoint: the client has to sign the new request.
      respond: (c) => redirect(`${c.get("received").path}?moved=1`),
    },
    "token-redirect-elsewhere": tokenFailure(() => redirect("https://elsewhere.invalid/oauth")),
  };
}

function apiFailure(respond: () => Response): NamedFailure {
  return { appliesTo: isApi, respond };
}

function tokenFailure(respond: () => Response): NamedFailure {
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

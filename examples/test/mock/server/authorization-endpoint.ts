import { APP } from "./app.ts";
import type { Grant, ProviderFacts, Refusal } from "./facts.ts";

/** What an authorization page refuses before it asks the user (RFC 6749 §3.1, RFC 7636 §4.3). */
export function refuseAuthorization(
  facts: ProviderFacts,
  query: Grant["query"],
): Refusal | undefined {
  if (query[facts.clientId ?? "client_id"] !== APP.clientId) {
    return { status: 400, error: "invalid_client", description: "The client is unknown" };
  }
  if (query["redirect_uri"] !== APP.redirectUri) {
    return { status: 400, error: "invalid_request", description: "redirect_uri does not match" };
  }
  if (query["response_type"] !== "code") {
    return { status: 400, error: "unsupported_response_type", description: "Only code" };
  }
  return refuseChallenge(facts, query) ?? facts.refuseAuthorization?.(query);
}

function refuseChallenge(
  { pkce, pkceRequired }: ProviderFacts,
  { code_challenge: challenge, code_challenge_method: method }: Grant["query"],
): Refusal | undefined {
  if (pkce === undefined || (challenge === undefined && !pkceRequired)) return undefined;
  const form = pkce === "S256" ? /^[\w-]{43}$/ : /^[\da-f]{64}$/;
  if (challenge !== undefined && method === "S256" && form.test(challenge)) return undefined;
  return { status: 400, error: "invalid_request", description: "code_challenge is invalid" };
}

/** The scopes of a request. */
export function requestedScope(
  { scopeDelimiter = " " }: ProviderFacts,
  { scope = "" }: Grant["query"],
): string[] {
  return scope.split(scopeDelimiter).filter((name) => name !== "");
}

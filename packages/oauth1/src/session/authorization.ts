import { ConfigurationError, OAuthError } from "@grantkit/core";
import { type CallbackInput, queryOf, urlProblems } from "@grantkit/core/requests";
import { TokenMissing, VerifierMissing } from "../errors.ts";
import type { OAuth1Token } from "../token.ts";

/**
 * The URL to send the user to (RFC 5849 §2.2); the page's own query stays.
 *
 * @throws ConfigurationError for an unusable page, and for a parameter that the session sets itself.
 */
export function authorizationUrlOf(
  {
    name: provider,
    insecureHttp,
  }: { readonly name: string; readonly insecureHttp: readonly string[] },
  page: string | URL | undefined,
  requestToken: string,
  parameters: Readonly<Record<string, string | undefined>> = {},
): string {
  const problems =
    page === undefined
      ? ["authorizationUrl is missing: pass { url }, or give the session a provider"]
      : urlProblems("authorizationUrl", String(page), insecureHttp);
  if (Object.hasOwn(parameters, "oauth_token")) {
    problems.push("oauth_token is the session's own parameter: leave it out");
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && typeof value !== "string") problems.push(`${name} must be a text`);
  }
  if (page === undefined || problems.length > 0) {
    throw new ConfigurationError("OAuth1Session", problems, provider);
  }
  const url = new URL(page);
  url.searchParams.set("oauth_token", requestToken);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}

/** A callback that was read (RFC 5849 §2.2). */
export interface OAuth1Callback {
  /** `oauth_token`: the request token that was authorized. */
  readonly token: string;
  /** `oauth_verifier`. */
  readonly verifier: string;
  /** All parameters of the callback's query. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Reads a callback and checks that it belongs to the request token.
 *
 * @throws OAuthError: `CALLBACK_INVALID`, `ACCESS_DENIED`, `TOKEN_MISSING`, `TOKEN_MISMATCH` or `VERIFIER_MISSING`.
 */
export function readCallback(
  provider: string,
  requestToken: OAuth1Token | undefined,
  callback: CallbackInput,
): OAuth1Callback {
  const query = queryOf(provider, callback);
  if (!query) {
    throw new OAuthError("CALLBACK_INVALID", "The callback must be a GET (RFC 5849 §2.2).", {
      provider,
    });
  }
  for (const name of ["oauth_token", "oauth_verifier", "denied", "oauth_problem"]) {
    if (query.getAll(name).length > 1) {
      throw new OAuthError("CALLBACK_INVALID", `The callback has ${name} more than once.`, {
        provider,
      });
    }
  }
  const token = query.get("oauth_token") ?? query.get("denied") ?? "";
  // First of all: a yes or no in somebody else's callback is not about this user.
  if (token !== "" || !query.has("oauth_problem")) checkToken(provider, token, requestToken);
  refuseDenial(provider, query);
  const verifier = query.get("oauth_verifier") ?? "";
  if (verifier === "") {
    throw new VerifierMissing(
      "The callback has no oauth_verifier: the URL was cut, or the provider speaks OAuth 1.0 without the fix of 2009.",
      { provider },
    );
  }
  return { token, verifier, parameters: Object.freeze(Object.fromEntries(query)) };
}

function checkToken(provider: string, token: string, requestToken: OAuth1Token | undefined): void {
  if (token === "") {
    throw new TokenMissing(
      "The callback has no oauth_token. Pass the URL that the user came back to, with its query.",
      { provider },
    );
  }
  if (!requestToken) {
    throw new TokenMissing(
      "The session has no request token to compare the callback with. Store what fetchRequestToken() returns with the user's session, and pass it as requestToken.",
      { provider },
    );
  }
  if (token !== requestToken.key) {
    throw new OAuthError(
      "TOKEN_MISMATCH",
      "The callback belongs to another request token than this user's: the sign-in was begun twice, or it is another person's callback. Let the user begin again.",
      { provider },
    );
  }
}

function refuseDenial(provider: string, query: URLSearchParams): void {
  const problem = query.get("oauth_problem");
  if (!query.has("denied") && problem === null) return;
  const isRefusal = problem === null || /^(?:user_refused|permission_denied)$/.test(problem);
  const word = problem !== null && /^\w{1,60}$/.test(problem) ? problem : undefined;
  throw new OAuthError(
    isRefusal ? "ACCESS_DENIED" : "PROVIDER_ERROR",
    isRefusal
      ? "The user said no. Let them try again if they want to."
      : `${provider} sent the user back with the problem ${word ?? "that it names"}.`,
    { provider, error: word },
  );
}

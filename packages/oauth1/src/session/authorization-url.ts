import { ConfigurationError } from "@grantkit/core";
import { urlProblems } from "@grantkit/core/requests";

/**
 * Where to send the user (RFC 5849 §2.2); a query of the page's own stays.
 *
 * @throws ConfigurationError for a page that cannot be one, and for a parameter that is not the caller's.
 */
export function authorizationUrlOf(
  provider: string,
  page: string | URL | undefined,
  requestToken: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const problems =
    page === undefined
      ? ["authorizationUrl is missing: pass the URL, or give the session a provider"]
      : urlProblems("authorizationUrl", String(page));
  if (Object.hasOwn(parameters, "oauth_token")) {
    problems.push("oauth_token is the session's own: leave it out");
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

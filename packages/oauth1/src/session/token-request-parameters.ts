import { ConfigurationError } from "@grantkit/core";
import { isRealm } from "../credentials.ts";

/**
 * One realm of one or more (RFC 5849 §3.5.1).
 *
 * @throws ConfigurationError for one that a header cannot have.
 */
export function joinedRealm(provider: string, realm: string | readonly string[]): string {
  const parts: readonly unknown[] = [realm].flat();
  const joined = parts.every((part) => typeof part === "string") ? parts.join(" ") : undefined;
  if (joined === undefined || !isRealm(joined)) {
    const problem = "realm must be a string of printable ASCII characters, or an array of them";
    throw new ConfigurationError("OAuth1Session", [problem], provider);
  }
  return joined;
}

/**
 * The parameters of xAuth.
 *
 * @throws ConfigurationError for a name or password that is missing.
 */
export function xAuthParameters(
  provider: string,
  credentials: { readonly username: string; readonly password: string },
): Readonly<Record<string, string>> {
  const { username, password } = (credentials ?? {}) as Readonly<Record<string, unknown>>;
  const problems = Object.entries({ username, password })
    .filter(([, value]) => typeof value !== "string" || value === "")
    .map(([name]) => `${name} must be a text that is not empty`);
  if (problems.length > 0) throw new ConfigurationError("fetchXAuthToken()", problems, provider);
  return {
    x_auth_username: username as string,
    x_auth_password: password as string,
    x_auth_mode: "client_auth",
  };
}

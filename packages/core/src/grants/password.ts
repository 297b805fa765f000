import type { ClientContext } from "../client-context.ts";
import type { Token } from "../tokens/token.ts";
import { type GrantOptions, grantParameters } from "./grant-parameters.ts";
import { grantedClaims, grantedToken } from "./granted-token.ts";
import { requestTokens } from "./token-endpoint.ts";

/** A user's own name and password, which the app has been trusted with. */
export interface PasswordOptions extends GrantOptions {
  /** The user's name at the provider. */
  readonly username: string;
  /** The user's password at the provider. */
  readonly password: string;
}

/** Asks for a token with a user's password (RFC 6749 §4.3). */
export async function fetchWithPassword(
  context: ClientContext,
  options: PasswordOptions,
): Promise<Token> {
  const { username, password } = (options ?? {}) as Partial<PasswordOptions>;
  const problems = Object.entries({ username, password })
    .filter(([, value]) => typeof value !== "string")
    .map(([name]) => `${name} is missing`);
  const { scope = context.provider.defaultScope } = options ?? {};
  const own = { names: ["username", "password"], problems };
  const shared = grantParameters(context, "fetchPasswordToken()", { ...options, scope }, own);
  const granted = await requestTokens(context, {
    grant: "password",
    parameters: { username, password, ...shared },
    secrets: [password],
    advice: { INVALID_GRANT: "Check user name and password." },
    signal: options.signal,
  });
  const claims = await grantedClaims(context, granted);
  return grantedToken(context, granted, { requestedScope: scope, claims });
}

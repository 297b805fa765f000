import type { ClientContext } from "../client-context.ts";
import type { OptionRule, OptionRules } from "../options/option-rules.ts";
import type { Token } from "../tokens/token.ts";
import { GRANT_RULES, type GrantOptions, grantParameters } from "./grant-parameters.ts";
import { grantedClaims, grantedToken } from "./granted-token.ts";
import { requestTokens } from "./token-endpoint.ts";

/** Options of the password grant. */
export interface PasswordOptions extends GrantOptions {
  /** The user's name at the provider. */
  readonly username: string;
  /** The user's password at the provider. */
  readonly password: string;
}

const given: OptionRule = (value, name) =>
  typeof value === "string" ? [] : [`${name} is missing`];

const RULES: OptionRules<PasswordOptions> = { ...GRANT_RULES, username: given, password: given };

/** Requests a token with a user's password (RFC 6749 §4.3). */
export async function fetchWithPassword(
  context: ClientContext,
  options: PasswordOptions,
): Promise<Token> {
  const { scope = context.provider.defaultScope } = options ?? {};
  const shared = grantParameters(context, "fetchPasswordToken()", { ...options, scope }, RULES);
  const { username, password, signal } = options;
  const granted = await requestTokens(context, {
    grant: "password",
    parameters: { username, password, ...shared },
    secrets: [password],
    advice: { INVALID_GRANT: "Check user name and password." },
    signal,
  });
  const claims = await grantedClaims(context, granted, { requestedScope: scope, signal });
  return grantedToken(context, granted, { requestedScope: scope, claims });
}

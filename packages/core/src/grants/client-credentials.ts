import type { ClientContext } from "../client-context.ts";
import { definedFields } from "../options/own-fields.ts";
import { noteOwnGrant } from "../tokens/own-grants.ts";
import type { Token } from "../tokens/token.ts";
import { GRANT_RULES, type GrantOptions, grantParameters } from "./grant-parameters.ts";
import { grantedToken } from "./granted-token.ts";
import { requestTokens } from "./token-endpoint.ts";

const METHOD = "fetchClientCredentialsToken()";
const UNPROVEN =
  "the client needs a clientSecret or another clientAuthentication: this grant proves nothing else";

/** Requests a token for the app itself (RFC 6749 §4.4): no user is involved, and there is no refresh token. */
export async function fetchClientCredentials(
  context: ClientContext,
  options: GrantOptions,
): Promise<Token> {
  const problems = context.clientAuthentication === "none" ? [UNPROVEN] : [];
  // The provider's default scope is about users, so it is not requested here.
  const { scope, ...others } = grantParameters(context, METHOD, options, GRANT_RULES, problems);
  const granted = await requestTokens(context, {
    grant: "client_credentials",
    parameters: { scope, ...others },
    secrets: [],
    repeatable: true,
    signal: options.signal,
  });
  const token = await grantedToken(context, granted, {
    requestedScope: options.scope,
    // What a session needs to request another one when this token has expired.
    renewal: { grant: "client_credentials", parameters: definedFields(others) },
  });
  return noteOwnGrant(token);
}

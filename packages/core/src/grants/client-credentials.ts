import type { ClientContext } from "../client-context.ts";
import { definedFields } from "../options/own-fields.ts";
import type { Token } from "../tokens/token.ts";
import { GRANT_RULES, type GrantOptions, grantParameters } from "./grant-parameters.ts";
import { grantedToken } from "./granted-token.ts";
import { requestTokens } from "./token-endpoint.ts";

/** Asks for a token for the app itself (RFC 6749 §4.4): no user is involved, and no refresh token comes. */
export async function fetchClientCredentials(
  context: ClientContext,
  options: GrantOptions,
): Promise<Token> {
  const further =
    context.clientAuthentication === "none"
      ? [
          "the client needs a clientSecret or another clientAuthentication: it is all that is proven here",
        ]
      : [];
  const method = "fetchClientCredentialsToken()";
  // Not the provider's default scope, which is about users.
  const { scope, ...others } = grantParameters(context, method, options, GRANT_RULES, further);
  const granted = await requestTokens(context, {
    grant: "client_credentials",
    parameters: { scope, ...others },
    secrets: [],
    signal: options.signal,
  });
  return grantedToken(context, granted, {
    requestedScope: options.scope,
    // What a session needs to ask again, when this token has ended.
    renewal: { grant: "client_credentials", parameters: definedFields(others) },
  });
}

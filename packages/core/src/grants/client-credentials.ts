import type { ClientContext } from "../client-context.ts";
import type { Token } from "../tokens/token.ts";
import { type GrantOptions, grantParameters } from "./grant-parameters.ts";
import { grantedToken } from "./granted-token.ts";
import { requestTokens } from "./token-endpoint.ts";

/** Asks for a token for the app itself (RFC 6749 §4.4): no user is involved, and no refresh token comes. */
export async function fetchClientCredentials(
  context: ClientContext,
  options: GrantOptions,
): Promise<Token> {
  const { clientAuthentication } = context;
  const proofless =
    clientAuthentication === "none"
      ? [
          "the client needs a clientSecret or another clientAuthentication: it is all that is proven here",
        ]
      : [];
  // Not the provider's default scope, which is about users.
  const { scope: asked, ...further } = grantParameters(
    context,
    "fetchClientCredentialsToken()",
    options,
    { problems: proofless },
  );
  const granted = await requestTokens(context, {
    grant: "client_credentials",
    parameters: { scope: asked, ...further },
    secrets: [],
    signal: options.signal,
  });
  const parameters = Object.fromEntries(
    Object.entries(further).filter(
      (field): field is [string, string | readonly string[]] => field[1] !== undefined,
    ),
  );
  return grantedToken(context, granted, {
    requestedScope: options.scope,
    // What a session needs to ask again, when this token has ended.
    renewal: { grant: "client_credentials", parameters },
  });
}

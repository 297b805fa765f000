import { checkAnswer, checkRequest } from "../authorization/callback.ts";
import { fragmentOf, readParameters } from "../authorization/callback-parameters.ts";
import type { AuthorizationRequest } from "../authorization/request.ts";
import type { ClientContext } from "../client-context.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { readTokenResponse, wrongBinding } from "../tokens/token-response.ts";
import type { BadField } from "../tokens/field-reader.ts";
import type { Token } from "../tokens/token.ts";
import { grantedClaims, grantedToken } from "./granted-token.ts";

/** Parameters of the answer that are no part of the token. */
const ANSWER = ["state", "iss", "code", "error", "error_description", "error_uri"];

/** Takes the token out of the fragment that ends an implicit grant (RFC 6749 §4.2.2), after the checks of any callback. */
export async function readFragment(
  context: ClientContext,
  callback: string | URL,
  request: AuthorizationRequest,
): Promise<Token> {
  const { provider, clock } = context;
  checkRequest(context, "tokenFromFragment()", request);
  const refuse = (code: OAuthError["code"], message: string, field?: string): never => {
    throw new OAuthError(code, message, {
      provider: provider.name,
      ...(field !== undefined && { details: { field } }),
    });
  };
  const query = await readParameters(provider.name, callback);
  if (query.has("access_token")) {
    refuse(
      "CALLBACK_INVALID",
      "The token is in the query of the callback, where servers and logs see it; only the fragment is accepted.",
    );
  }
  const parameters = fragmentOf(callback);
  // A server that answers an error in the query all the same is heard: the state is checked as ever.
  checkAnswer(
    context,
    query.has("error") && !parameters.has("error") ? query : parameters,
    request,
  );
  for (const name of new Set(parameters.keys())) {
    if (parameters.getAll(name).length > 1) {
      refuse("CALLBACK_INVALID", `The callback repeats the parameter ${name}; it is refused.`);
    }
  }
  const answer = Object.fromEntries([...parameters].filter(([name]) => !ANSWER.includes(name)));
  const fields = readTokenResponse(answer, { scopeDelimiter: provider.scopeDelimiter });
  const unusable = ({ field, reason }: BadField): never =>
    refuse(
      "TOKEN_RESPONSE_INVALID",
      `The fragment of the callback cannot be used: ${field} ${reason}.`,
      field,
    );
  if ("field" in fields) return unusable(fields);
  // No token of this grant is bound to a key, whatever its type says.
  const wrong = wrongBinding(fields, false);
  if (wrong) return unusable(wrong);
  if (fields.refreshToken !== undefined) {
    refuse("CALLBACK_INVALID", "The fragment has a refresh token, which RFC 6749 §4.2.2 forbids.");
  }
  const granted = { fields, receivedAt: clock.now(), serverTime: undefined };
  const claims = await grantedClaims(context, granted, { request });
  if (claims && claims["at_hash"] === undefined) {
    // Without it nothing says that the two belong together, and whoever wrote the URL may have put in another token.
    refuse(
      "ID_TOKEN_INVALID",
      `The ID token of ${provider.name} was refused: at_hash is missing, which must be there beside an access token (OpenID Connect Core §3.2.2.9).`,
    );
  }
  return grantedToken(context, granted, { requestedScope: request.scope, claims });
}

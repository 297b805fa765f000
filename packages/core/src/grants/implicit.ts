import { checkAnswer, checkRequest } from "../authorization/callback.ts";
import { fragmentOf, readParameters } from "../authorization/callback-parameters.ts";
import { refuseMisuse } from "../authorization/misused-arguments.ts";
import type { AuthorizationRequest } from "../authorization/request.ts";
import type { ClientContext } from "../client-context.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { ownFields, ownOptions } from "../options/own-fields.ts";
import { readTokenResponse } from "../tokens/token-response.ts";
import type { Token } from "../tokens/token.ts";
import { grantedClaims, grantedToken } from "./granted-token.ts";
import { reportIgnored } from "./ignored-fields.ts";

/** Parameters of the callback that are not part of the token. */
const OF_CALLBACK = ["state", "iss", "code", "error", "error_description", "error_uri"];

/** Ends an implicit grant: checks the callback and reads the token in its fragment (RFC 6749 §4.2.2). */
export async function readFragment(
  context: ClientContext,
  callback: string | URL,
  given: AuthorizationRequest,
): Promise<Token> {
  const { provider, clock } = context;
  refuseMisuse(provider.name, "tokenFromFragment()", callback, given);
  const request = ownOptions(given);
  checkRequest(context, "tokenFromFragment()", request);
  const refuse = (code: OAuthError["code"], message: string, field?: string): never => {
    const details = field === undefined ? {} : { details: { field } };
    throw new OAuthError(code, message, { provider: provider.name, ...details });
  };
  const query = await readParameters(provider.name, callback);
  if (query.has("access_token")) {
    refuse(
      "CALLBACK_INVALID",
      "The token is in the query of the callback, where servers and logs see it; only the fragment is accepted.",
    );
  }
  const fragment = fragmentOf(callback);
  // Some servers send the error in the query all the same; its state is checked as well.
  const hasErrorInQuery = query.has("error") && !fragment.has("error");
  checkAnswer(context, hasErrorInQuery ? query : fragment, request);
  for (const name of new Set(fragment.keys())) {
    if (fragment.getAll(name).length > 1) {
      refuse("CALLBACK_INVALID", `The callback repeats the parameter ${name}.`);
    }
  }
  const read = readTokenResponse(
    Object.fromEntries([...fragment].filter(([name]) => !OF_CALLBACK.includes(name))),
    // No token of this grant is bound to a key, whatever its type says.
    { scopeDelimiter: provider.grantedScopeDelimiter, notAccessToken: false, isBound: false },
  );
  const fields = ownFields(read);
  if ("field" in fields) {
    const { field, reason } = fields;
    const message = `The fragment of the callback cannot be used: ${field} ${reason}.`;
    return refuse("TOKEN_RESPONSE_INVALID", message, field);
  }
  if (fields.refreshToken !== undefined) {
    refuse("CALLBACK_INVALID", "The fragment has a refresh token, which RFC 6749 §4.2.2 forbids.");
  }
  reportIgnored(provider.name, fields.ignored);
  const granted = { fields, receivedAt: clock.now() };
  const claims = await grantedClaims(context, granted, {
    request,
    issuer: fragment.get("iss") ?? undefined,
    source: "anybody",
  });
  if (claims && claims["at_hash"] === undefined) {
    // Nothing else ties the two together: whoever wrote the URL may have put in another token.
    refuse(
      "ID_TOKEN_INVALID",
      `The ID token of ${provider.name} was refused: at_hash is missing, which is required with an access token (OpenID Connect Core §3.2.2.9).`,
    );
  }
  return grantedToken(context, granted, { requestedScope: request.scope, claims });
}

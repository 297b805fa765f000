import { missingEndpoint } from "../endpoints/missing-endpoint.ts";
import { revokeToken, type TokenHintOptions } from "../endpoints/revocation.ts";
import { ConfigurationError, throwProblems } from "../errors/configuration-error.ts";
import { ownFields } from "../options/own-fields.ts";
import type { Provider } from "../provider.ts";
import { isToken, Token } from "../tokens/token.ts";
import type { SessionContext } from "./session-context.ts";
import { revocationApi } from "./revocation-requests.ts";

/** Whether a provider can be asked to revoke tokens. */
export function canRevoke(provider: Provider): boolean {
  return provider.endpoints.revocation !== undefined || provider.revoke !== undefined;
}

/**
 * Has the provider revoke a token: by the definition's `revoke`, or at the revocation endpoint (RFC 7009). Sessions of the
 * client do not send it any longer.
 *
 * @throws OAuthError: why the provider could not be asked, or refused; what the definition's function throws;
 * ConfigurationError for a provider that has no way, and for bad options.
 */
export async function revokeAtProvider(
  context: SessionContext,
  token: Token | string,
  options: TokenHintOptions = ownFields({}),
): Promise<void> {
  const { client, registry } = context;
  const { provider } = client;
  if (!canRevoke(provider)) {
    const usual = `endpoints.revocation is missing, and the definition has no revoke function, so ${provider.name} has no way to revoke a token: session.revoke() forgets it here and in the store, and the user can remove the app in the provider's settings`;
    const problem = missingEndpoint(provider, "revocation", usual);
    throw new ConfigurationError("revokeToken()", [problem], provider.name);
  }
  if (!provider.revoke) {
    return revokeToken(client, token, options, (revoked) => registry.revoked(revoked));
  }
  const whole = wholeToken(provider, token, options);
  await provider.revoke(revocationApi(context, whole, options.signal), whole);
  registry.revoked(whole);
}

function wholeToken({ name }: Provider, token: Token | string, options: TokenHintOptions): Token {
  const { hint, parameters } = options;
  const given = Object.entries({ hint, parameters }).filter(([, value]) => value !== undefined);
  const problems = given.map(
    ([option]) => `${option} must be left out: ${name} revokes the whole token in its own way`,
  );
  if (!isToken(token) && (typeof token !== "string" || token === "")) {
    problems.push("token must be a Token, or an access token as a string");
  }
  throwProblems("revokeToken()", problems, name);
  return isToken(token) ? token : Token.from({ accessToken: token });
}

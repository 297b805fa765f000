import type { ClientContext } from "../client-context.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { refreshTokenMissing, tokenUnexchangeable } from "../tokens/token-errors.ts";
import type { Token } from "../tokens/token.ts";
import { type GrantOptions, grantParameters } from "./grant-parameters.ts";
import { requestNextToken } from "./next-token.ts";

/** Options of a refresh. */
type RefreshOptions = Pick<GrantOptions, "scope" | "resource" | "parameters">;

const ADVICE =
  "The token cannot be exchanged for a new one: it has ended, or the provider does not exchange it yet. If it has ended, send the user to sign in again.";

/**
 * Exchanges an access token for a newer one, at a provider without refresh tokens (Instagram's `ig_refresh_token`, Threads'
 * `th_refresh_token`). What the response leaves out is taken from the token.
 *
 * @param beforeSend - Awaited before each request; what it throws stops the exchange.
 * @throws OAuthError: `TOKEN_EXPIRED` before anything is sent, `INVALID_GRANT` for a token that the provider refuses,
 * `REFRESH_TOKEN_MISSING` at a provider without such an exchange, and those of any token request.
 */
export async function refreshByExchange(
  context: ClientContext,
  token: Token,
  options: RefreshOptions,
  beforeSend: (() => Promise<void>) | undefined,
): Promise<Token> {
  const { renew, provider, clock } = context;
  if (!renew) throw refreshTokenMissing(provider);
  if (token.isExpired(0, clock.now())) throw tokenUnexchangeable(provider.name);
  const { endpoint, method = "POST", grantType, tokenParameter, clientCredentials = false } = renew;
  const request = {
    grant: grantType,
    isRefresh: true,
    at: { url: endpoint, method, option: "renew.endpoint", authenticates: clientCredentials },
    parameters: {
      [tokenParameter]: token.accessToken,
      ...grantParameters(context, "refreshToken()", options),
    },
    secrets: [token.accessToken],
    advice: { INVALID_GRANT: ADVICE, TOKEN_REJECTED: ADVICE },
    // The token stays valid: nothing is spent.
    repeatable: true,
    beforeSend,
  };
  return requestNextToken(context, token, request, options.scope).catch((error: unknown) => {
    // For the app, the same as the refusal of a refresh token.
    const isRefused = OAuthError.isInstance(error) && error.code === "TOKEN_REJECTED";
    throw isRefused ? new OAuthError("INVALID_GRANT", error.message, error) : error;
  });
}

import { OAuthError } from "../errors/oauth-error.ts";
import { Token } from "../tokens/token.ts";
import { type Renew, renewFor } from "./flight-key.ts";
import type { RefreshRegistryParts } from "./refresh-callbacks.ts";
import { renewalFailed } from "./refresh-errors.ts";

/**
 * Gets a token in place of another: from `renew` if there is no refresh token, otherwise from the provider.
 *
 * @param beforeSend - Awaited before each request; what it throws stops the refresh.
 * @throws OAuthError: why there is none; `RENEWAL_FAILED` for what `renew` threw.
 */
export async function askForToken(
  { provider, exchanges, refresh }: RefreshRegistryParts,
  token: Token,
  renew: Renew | undefined,
  beforeSend: (() => Promise<void>) | undefined,
): Promise<Token> {
  const own = renewFor(token, renew);
  if (!own) return exchanges.watch(token, refresh(token, beforeSend));
  await beforeSend?.();
  try {
    return Token.from(await own(token));
  } catch (error) {
    throw OAuthError.isInstance(error) ? error : renewalFailed(provider, error, token);
  }
}

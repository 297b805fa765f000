import { OAuthError } from "../errors/oauth-error.ts";
import type { ResolvedPlacement } from "../tokens/token-placement.ts";
import type { Token } from "../tokens/token.ts";
import type { DpopRequest } from "../requests/authorizer.ts";
import type { TokenHolder } from "./session-context.ts";

const BOUND: ResolvedPlacement = { in: "header", name: "DPoP" };

/**
 * Where a token goes by itself: one that is bound to a key has a scheme of its own (RFC 9449 §7.1).
 *
 * @throws OAuthError with code `TOKEN_INVALID` for a bound token of a client without its key.
 */
export function placementOf(holder: TokenHolder, token: Token): ResolvedPlacement {
  if (!isBound(token)) return holder.placement;
  const { dpop, provider } = holder.context.client;
  if (dpop) return BOUND;
  throw keyless(provider.name);
}

/** Whether a token is bound to a key. */
export function isBound(token: Token | undefined): token is Token {
  return token?.tokenType === "dpop";
}

function keyless(provider: string): OAuthError {
  return new OAuthError(
    "TOKEN_INVALID",
    "The token is bound to a key (DPoP), and the client has none: give the client the dpop option with the key that the token was made with.",
    { provider },
  );
}

/**
 * Sends a request with a proof of the key that its token is bound to: once more when the API asks for a nonce
 * (RFC 9449 §9). The second proof has the nonce of this very answer: another request may have been told another.
 */
export async function sendWithDpopProof<Answer>(
  { context }: TokenHolder,
  token: Token,
  request: DpopRequest<Answer>,
): Promise<Answer> {
  const { method, url } = request;
  const { dpop, provider } = context.client;
  if (!dpop) throw keyless(provider.name);
  const attempt = async (nonce?: string): Promise<Answer> =>
    request.send(await dpop.proof({ method, url, accessToken: token.accessToken, nonce }));
  const answer = await attempt();
  const nonce = dpop.learn(url, request.header(answer, "dpop-nonce"));
  const challenge = request.header(answer, "www-authenticate") ?? "";
  const asks = request.status(answer) === 401 && /\berror="?use_dpop_nonce\b/.test(challenge);
  if (!asks || nonce === undefined || !request.replayable) return answer;
  await request.discard(answer);
  const second = await attempt(nonce);
  dpop.learn(url, request.header(second, "dpop-nonce"));
  return second;
}

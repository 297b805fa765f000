import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { challengeErrors } from "../tokens/challenge-errors.ts";
import {
  AUTHORIZATION,
  isAuthorization,
  type ResolvedPlacement,
} from "../tokens/token-placement.ts";
import type { Token } from "../tokens/token.ts";
import type { DpopRequest } from "../requests/authorizer.ts";
import type { TokenHolder } from "./session-context.ts";

const BOUND: ResolvedPlacement = { in: "header", name: AUTHORIZATION, prefix: "DPoP " };

/**
 * Where a token goes by itself: one that is bound to a key has a scheme of its own (RFC 9449 §7.1).
 *
 * @throws OAuthError with code `TOKEN_INVALID` for a bound token of a client without its key; ConfigurationError for one
 * whose placement is a header of another name.
 */
export function placementOf(holder: TokenHolder, token: Token): ResolvedPlacement {
  if (!isBound(token)) return holder.placement;
  const { dpop, provider } = holder.context.client;
  if (!dpop) throw keyless(provider.name);
  const { in: where, name } = holder.placement;
  if (where !== "header" || isAuthorization(name)) return BOUND;
  const problem = `it puts the token into ${name}, and a token that is bound to a key goes into Authorization (DPoP, RFC 9449 §7.1): leave out dpop, or the name`;
  throw new ConfigurationError("tokenPlacement", [problem], provider.name);
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

/** Sends a request with a proof of the key that its token is bound to (RFC 9449 §7). */
export async function sendWithDpopProof<Answer>(
  { context }: TokenHolder,
  { accessToken }: Token,
  request: DpopRequest<Answer>,
): Promise<Answer> {
  const { dpop, provider } = context.client;
  if (!dpop) throw keyless(provider.name);
  return dpop.send({
    method: request.method,
    url: request.url,
    accessToken,
    send: (proof) => request.send(proof),
    nonceOf: (answer) => request.header(answer, "dpop-nonce"),
    asksForNonce: (answer) =>
      request.replayable &&
      request.status(answer) === 401 &&
      challengeErrors(request.header(answer, "www-authenticate")).includes("use_dpop_nonce"),
    discard: (answer) => request.discard(answer),
  });
}

import { proves } from "../oauth/pkce.ts";
import type { WireParameters } from "../server/parameters.ts";
import { oauthError } from "./oauth-error.ts";
import { tokenReply } from "./token-reply.ts";
import type { GoogleCodeGrant, GoogleWorld } from "./world.ts";

/** The authorization code grant. */
export function exchangeCode(
  world: GoogleWorld,
  parameters: WireParameters,
): Response | Promise<Response> {
  const { code, redirect_uri: redirectUri, code_verifier: verifier } = parameters;
  if (code === undefined) return oauthError("invalid_request", "Missing required parameter: code");
  const found = world.codes.find(code);
  if (found.state !== "valid") {
    // Texts as seen in public logs; Google documents only the code.
    return oauthError(
      "invalid_grant",
      found.state === "unknown" ? "Malformed auth code." : "Bad Request",
    );
  }
  const { grant } = found;
  if (redirectUri !== grant.redirectUri) return oauthError("redirect_uri_mismatch", "Bad Request");
  const problem = verifierProblem(grant, verifier);
  if (problem !== undefined) return oauthError("invalid_grant", problem);
  world.codes.spend(code);
  const { user, scopes, nonce, withRefreshToken } = grant;
  return tokenReply(world, {
    user,
    scopes,
    nonce,
    offline: withRefreshToken,
    newRefreshToken: withRefreshToken,
  });
}

function verifierProblem(
  { proofKey }: GoogleCodeGrant,
  verifier: string | undefined,
): string | undefined {
  if (proofKey === undefined) return undefined;
  if (verifier === undefined) return "Missing code verifier.";
  return proves(verifier, proofKey) ? undefined : "Invalid code verifier.";
}

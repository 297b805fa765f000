import type { EmulatorContext } from "../server/request-log.ts";
import type { AccessToken } from "./access-tokens.ts";
import { issueAccessToken } from "./issue-tokens.ts";
import { OAuthProblem, parametersRejected } from "./oauth-problem.ts";
import type { ReceivedParameters } from "./received-parameters.ts";
import { sameText } from "./signature-methods.ts";
import { verifySignedRequest } from "./signed-request.ts";
import type { OAuth1World } from "./world.ts";

/**
 * Exchanges an access token, expired or not, and its session handle for a new one. The old one ends.
 *
 * @see https://web.archive.org/web/2012/http://oauth.googlecode.com/svn/spec/ext/session/1.0/drafts/1/spec.html
 */
export async function renewToken(
  world: OAuth1World,
  c: EmulatorContext,
  received: ReceivedParameters,
): Promise<AccessToken> {
  const { consumer, token } = await verifySignedRequest(world, c, received, {
    parameters: ["oauth_token", "oauth_session_handle"],
    findToken: (name) => world.accessTokens.get(name),
  });
  if (!world.switches.renewal) {
    throw parametersRejected(["oauth_session_handle"], "Tokens are not renewed here.");
  }
  const handle = received.oauth.get("oauth_session_handle") ?? "";
  if (token?.sessionHandle === undefined || !sameText(handle, token.sessionHandle)) {
    const advice = "The oauth_session_handle is not the one of this token.";
    throw new OAuthProblem(401, "token_rejected", advice);
  }
  world.accessTokens.delete(token.token);
  return issueAccessToken(world, consumer, token.user, token.permissions, handle);
}

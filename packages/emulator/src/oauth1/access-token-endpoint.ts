import type { EmulatorContext } from "../server/request-log.ts";
import { answering } from "./answer.ts";
import type { AccessToken } from "./access-tokens.ts";
import { issueAccessToken } from "./issue-tokens.ts";
import { OAuthProblem } from "./oauth-problem.ts";
import { plainParameter } from "./received-parameters.ts";
import type { ReceivedParameters } from "./received-parameters.ts";
import { renewToken } from "./renewal.ts";
import type { RequestToken } from "./request-tokens.ts";
import { sameText } from "./signature-methods.ts";
import { verifySignedRequest } from "./signed-request.ts";
import { tokenReply } from "./token-reply.ts";
import type { OAuth1World } from "./world.ts";
import { exchangePassword } from "./xauth.ts";

/** Serves the endpoint for access tokens (RFC 5849 section 2.3), with xAuth and renewal. */
export function serveAccessToken(world: OAuth1World): void {
  const answer = answering(world, async (c, received) => {
    const issued = await accessToken(world, c, received);
    const { token, secret, user, sessionHandle, expiresAt } = issued;
    const lifetime = String(Math.round((expiresAt - world.now()) / 1000));
    return tokenReply(world, {
      oauth_token: token,
      oauth_token_secret: secret,
      oauth_session_handle: sessionHandle,
      oauth_expires_in: sessionHandle === undefined ? undefined : lifetime,
      user_id: user.id,
      screen_name: user.screenName,
    });
  });
  world.app.on(["GET", "POST"], "/oauth/access_token", answer);
}

function accessToken(
  world: OAuth1World,
  c: EmulatorContext,
  received: ReceivedParameters,
): Promise<AccessToken> {
  if (received.oauth.has("oauth_session_handle")) return renewToken(world, c, received);
  if (plainParameter(received, "x_auth_mode") !== undefined) {
    return exchangePassword(world, c, received);
  }
  return exchangeRequestToken(world, c, received);
}

async function exchangeRequestToken(
  world: OAuth1World,
  c: EmulatorContext,
  received: ReceivedParameters,
): Promise<AccessToken> {
  const { consumer, token } = await verifySignedRequest(world, c, received, {
    parameters: ["oauth_token", "oauth_verifier"],
    findToken: (name) => world.requestTokens.get(name),
  });
  const { user, permissions, verifier } = allowed(token, world.now());
  if (!sameText(received.oauth.get("oauth_verifier") ?? "", verifier)) {
    const advice = "The oauth_verifier is not the one of this token.";
    throw new OAuthProblem(401, "verifier_invalid", advice);
  }
  if (token !== undefined) token.decision = { state: "used" };
  return issueAccessToken(world, consumer, user, permissions);
}

const UNUSABLE = {
  waiting: new OAuthProblem(401, "permission_unknown", "The user has not decided yet."),
  denied: new OAuthProblem(401, "permission_denied", "The user said no."),
  used: new OAuthProblem(401, "token_used", "The request token was used before."),
};

function allowed(
  token: RequestToken | undefined,
  now: number,
): RequestToken["decision"] & { readonly state: "allowed" } {
  if (token === undefined) throw new OAuthProblem(401, "token_rejected", "There is no such token.");
  const { decision, expiresAt } = token;
  if (decision.state === "used") throw UNUSABLE.used;
  if (expiresAt <= now) {
    throw new OAuthProblem(401, "token_expired", "The request token is too old.");
  }
  if (decision.state !== "allowed") throw UNUSABLE[decision.state];
  return decision;
}

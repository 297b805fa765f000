import type { EmulatorContext } from "../server/request-log.ts";
import { OAuthProblem, parametersAbsent, parametersRejected } from "./oauth-problem.ts";
import { permissions } from "./permissions.ts";
import { answering, plainParameter } from "./received-parameters.ts";
import type { ReceivedParameters } from "./received-parameters.ts";
import { sameText } from "./signatures.ts";
import { verifySignedRequest } from "./signed-request.ts";
import { tokenReply } from "./token-reply.ts";
import { issueAccessToken } from "./tokens.ts";
import type { AccessToken, RequestToken } from "./tokens.ts";
import type { OAuth1Server } from "./server.ts";

/** Serves the endpoint for access tokens (RFC 5849 section 2.3), with xAuth and renewal. */
export function serveAccessToken(server: OAuth1Server): void {
  const answer = answering(server, async (c, received) => {
    const issued = await accessToken(server, c, received);
    const { token, secret, user, sessionHandle, expiresAt } = issued;
    const lifetime = String(Math.round((expiresAt - server.now()) / 1000));
    return tokenReply(server, {
      oauth_token: token,
      oauth_token_secret: secret,
      oauth_session_handle: sessionHandle,
      oauth_expires_in: sessionHandle === undefined ? undefined : lifetime,
      user_id: user.id,
      screen_name: user.screenName,
    });
  });
  server.app.on(["GET", "POST"], "/oauth/access_token", answer);
}

function accessToken(
  server: OAuth1Server,
  c: EmulatorContext,
  received: ReceivedParameters,
): Promise<AccessToken> {
  if (received.oauth.has("oauth_session_handle")) return renewToken(server, c, received);
  if (plainParameter(received, "x_auth_mode") !== undefined) {
    return exchangePassword(server, c, received);
  }
  return exchangeRequestToken(server, c, received);
}

async function exchangeRequestToken(
  server: OAuth1Server,
  c: EmulatorContext,
  received: ReceivedParameters,
): Promise<AccessToken> {
  const { consumer, token } = await verifySignedRequest(server, c, received, {
    parameters: ["oauth_token", "oauth_verifier"],
    findToken: (name) => server.requestTokens.get(name),
  });
  const decision = allowed(token, server.now());
  if (!sameText(received.oauth.get("oauth_verifier") ?? "", decision.verifier)) {
    const advice = "The oauth_verifier is not the one of this token.";
    throw new OAuthProblem(401, "verifier_invalid", advice);
  }
  if (token !== undefined) token.decision = { state: "used" };
  return issueAccessToken(server, consumer, decision.user, decision.permissions);
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

/**
 * Exchanges an access token, expired or not, and its session handle for a new one. The old one ends.
 *
 * @see https://web.archive.org/web/2012/http://oauth.googlecode.com/svn/spec/ext/session/1.0/drafts/1/spec.html
 */
async function renewToken(
  server: OAuth1Server,
  c: EmulatorContext,
  received: ReceivedParameters,
): Promise<AccessToken> {
  const { consumer, token } = await verifySignedRequest(server, c, received, {
    parameters: ["oauth_token", "oauth_session_handle"],
    findToken: (name) => server.accessTokens.get(name),
  });
  if (!server.switches.renewal) {
    throw parametersRejected(["oauth_session_handle"], "Tokens are not renewed here.");
  }
  const handle = received.oauth.get("oauth_session_handle") ?? "";
  if (token?.sessionHandle === undefined || !sameText(handle, token.sessionHandle)) {
    const advice = "The oauth_session_handle is not the one of this token.";
    throw new OAuthProblem(401, "token_rejected", advice);
  }
  server.accessTokens.delete(token.token);
  return issueAccessToken(server, consumer, token.user, token.permissions, handle);
}

/**
 * Exchanges a user's password for an access token (xAuth).
 *
 * @see https://web.archive.org/web/2011/http://dev.twitter.com/docs/oauth/xauth
 */
async function exchangePassword(
  server: OAuth1Server,
  c: EmulatorContext,
  received: ReceivedParameters,
): Promise<AccessToken> {
  const { consumer } = await verifySignedRequest(server, c, received, {
    parameters: [],
    findToken: () => undefined,
  });
  const given = (name: string): string => plainParameter(received, name) ?? "";
  const absent = ["x_auth_username", "x_auth_password"].filter((name) => given(name) === "");
  if (absent.length > 0) throw parametersAbsent(absent);
  if (given("x_auth_mode") !== "client_auth") {
    throw parametersRejected(["x_auth_mode"], "The x_auth_mode is client_auth.");
  }
  if (!server.switches.xAuth) {
    throw new OAuthProblem(401, "permission_denied", "The consumer may not use xAuth.");
  }
  const user = server.users.find(({ screenName, email }) =>
    [screenName, email].includes(given("x_auth_username")),
  );
  if (user === undefined || !sameText(given("x_auth_password"), user.password ?? "")) {
    throw new OAuthProblem(401, "permission_denied", "User name or password is wrong.");
  }
  return issueAccessToken(server, consumer, user, permissions);
}

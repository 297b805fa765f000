import { OAuthProblem, parametersAbsent, parametersRejected } from "./oauth-problem.ts";
import { permissions } from "./permissions.ts";
import { oauthRoute, plainParameter } from "./received-parameters.ts";
import type { OAuthRequest } from "./received-parameters.ts";
import { sameText } from "./signatures.ts";
import { verifySignedRequest } from "./signed-request.ts";
import { tokenReply } from "./token-reply.ts";
import { issueAccessToken } from "./tokens.ts";
import type { AccessToken, RequestToken } from "./tokens.ts";
import type { OAuth1Server } from "./server.ts";

/** Serves the endpoint for access tokens (RFC 5849 section 2.3), with xAuth and refresh by session handle. */
export function serveAccessToken(server: OAuth1Server): void {
  const route = oauthRoute(server, async (request) => {
    const issued = await accessToken(request);
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
  server.app.on(["GET", "POST"], "/oauth/access_token", route);
}

function accessToken(request: OAuthRequest): Promise<AccessToken> {
  const { received } = request;
  if (received.oauth.has("oauth_session_handle")) return refreshToken(request);
  return plainParameter(received, "x_auth_mode") === undefined
    ? exchangeRequestToken(request)
    : exchangePassword(request);
}

async function exchangeRequestToken(request: OAuthRequest): Promise<AccessToken> {
  const { server, received } = request;
  const { consumer, token } = await verifySignedRequest(request, {
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
 * Exchanges an access token, even an expired one, and its session handle for a new token. The old one stops working.
 *
 * @see https://web.archive.org/web/2012/http://oauth.googlecode.com/svn/spec/ext/session/1.0/drafts/1/spec.html
 */
async function refreshToken(request: OAuthRequest): Promise<AccessToken> {
  const { server, received } = request;
  const { consumer, token } = await verifySignedRequest(request, {
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
async function exchangePassword(request: OAuthRequest): Promise<AccessToken> {
  const { server, received } = request;
  const { consumer } = await verifySignedRequest(request, { parameters: [] });
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

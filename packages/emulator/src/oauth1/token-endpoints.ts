import { isRegisteredCallback } from "./consumers.ts";
import { OAuthProblem, parametersAbsent, parametersRejected } from "./oauth-problem.ts";
import { formEncoded } from "./percent-encoding.ts";
import { oauthRoute, plainParameter } from "./received-parameters.ts";
import type { OAuthRequest, ReceivedParameters } from "./received-parameters.ts";
import type { OAuth1Server } from "./server.ts";
import { sameText } from "./signatures.ts";
import { verifySignedRequest } from "./signed-request.ts";
import { issueAccessToken, issueRequestToken, parsePermissions, permissions } from "./tokens.ts";
import type { AccessToken, OAuth1Permission, RequestToken } from "./tokens.ts";

/** Serves the endpoint for temporary credentials (RFC 5849 section 2.1). */
export function serveRequestToken(server: OAuth1Server): void {
  server.app.on(["GET", "POST"], "/oauth/request_token", oauthRoute(server, requestToken));
}

async function requestToken(request: OAuthRequest): Promise<Response> {
  const { server, received } = request;
  const { consumer } = await verifySignedRequest(request, { parameters: ["oauth_callback"] });
  const callback = received.oauth.get("oauth_callback") ?? "";
  if (callback !== "oob" && !isRegisteredCallback(consumer, callback)) {
    const advice =
      'The oauth_callback is "oob" or an absolute URL that the consumer registered; without registered ones, any URL of this machine.';
    throw parametersRejected(["oauth_callback"], advice);
  }
  const issued = issueRequestToken(server, consumer, callback, requestedPermissions(received));
  const confirmed = server.switches.callbackConfirmed;
  return tokenReply(server, {
    oauth_token: issued.token,
    oauth_token_secret: issued.secret,
    oauth_callback_confirmed: confirmed === "absent" ? undefined : String(confirmed),
  });
}

// Twitter and Google use these names.
function requestedPermissions(received: ReceivedParameters): readonly OAuth1Permission[] {
  for (const name of ["x_auth_access_type", "scope"]) {
    const requested = plainParameter(received, name);
    if (requested === undefined) continue;
    const known = parsePermissions(requested);
    if (known === undefined) throw parametersRejected([name], "There are: read, write.");
    return known;
  }
  return permissions;
}

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
  const decision = allowedDecision(token, server.now());
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

function allowedDecision(
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

/** The fields of a reply with a token. */
type TokenFields = Readonly<Record<string, string | undefined>>;

const HUGE = 16 * 1024 * 1024;

/** Makes a reply with a token, in the format that the switches set (RFC 5849 section 2.1). */
function tokenReply({ switches }: OAuth1Server, fields: TokenFields): Response {
  const { tokenContentType } = switches;
  switch (switches.tokenReply) {
    case "json":
      return reply(JSON.stringify(fields), "application/json; charset=utf-8");
    case "html":
      return reply("<!doctype html><title>Welcome</title><p>Welcome.</p>", "text/html");
    case "duplicate-token":
      return reply(`${formEncoded(fields)}&oauth_token=another`, tokenContentType);
    case "without-token":
      return reply(formEncoded({ ...fields, oauth_token: undefined }), tokenContentType);
    case "without-secret":
      return reply(formEncoded({ ...fields, oauth_token_secret: undefined }), tokenContentType);
    case "empty":
      return reply("", tokenContentType);
    case "huge":
      return reply(`${formEncoded(fields)}&padding=${"x".repeat(HUGE)}`, tokenContentType);
    default:
      return reply(formEncoded(fields), tokenContentType);
  }
}

function reply(body: string, contentType: string): Response {
  return new Response(body, {
    headers: { "content-type": contentType, "cache-control": "no-store" },
  });
}

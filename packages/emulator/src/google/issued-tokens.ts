import { decodeJwt, decodeProtectedHeader } from "jose";
import { jsonReply } from "../oauth/replies.ts";
import { allParameters, authorizationHeader } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { oauthError } from "./errors.ts";
import { profileClaims } from "./id-token.ts";
import type { GoogleWorld } from "./world.ts";

/** Serves tokeninfo, which tells numbers and booleans as strings. */
export function serveTokenInfo(world: GoogleWorld): void {
  const answer = (c: EmulatorContext): Response => {
    const { id_token: idToken, access_token: given } = allParameters(c);
    if (idToken !== undefined) return idTokenInfo(world, idToken);
    const accessToken = given ?? authorizationHeader(c, "bearer");
    return accessToken === undefined
      ? oauthError("invalid_request", "Either access_token or id_token required")
      : accessTokenInfo(world, accessToken);
  };
  for (const path of ["/tokeninfo", "/oauth2/v1/tokeninfo", "/oauth2/v3/tokeninfo"]) {
    world.app.on(["GET", "POST"], path, answer);
  }
}

function accessTokenInfo(world: GoogleWorld, token: string): Response {
  const access = world.tokens.access(token);
  if (access === undefined) return oauthError("invalid_token", "Invalid Value");
  const { user, scopes, expiresAt, offline } = access;
  const claims = user === undefined ? {} : profileClaims(user, scopes);
  return jsonReply({
    azp: world.clientId,
    aud: world.clientId,
    sub: claims["sub"],
    scope: scopes.join(" "),
    exp: String(Math.floor(expiresAt / 1000)),
    expires_in: String(Math.floor((expiresAt - world.now()) / 1000)),
    email: claims["email"],
    email_verified: claims["email_verified"]?.toString(),
    access_type: offline ? "offline" : "online",
  });
}

function idTokenInfo(world: GoogleWorld, token: string): Response {
  try {
    const claims = decodeJwt(token);
    if ((claims.exp ?? 0) * 1000 <= world.now())
      return oauthError("invalid_token", "Invalid Value");
    const all = Object.entries({ ...claims, ...decodeProtectedHeader(token) });
    return jsonReply(Object.fromEntries(all.map(([name, value]) => [name, String(value)])));
  } catch {
    return oauthError("invalid_token", "Invalid Value");
  }
}

/** Serves revocation: one token's end is the end of all that the user granted to the project. */
export function serveRevocation(world: GoogleWorld): void {
  world.app.post("/revoke", (c) => {
    const contentType = c.req.header("content-type") ?? "";
    if (!contentType.startsWith("application/x-www-form-urlencoded")) {
      return oauthError("invalid_request", "The content type must be form-urlencoded.");
    }
    const { token } = allParameters(c);
    if (token === undefined) return oauthError("invalid_request", "Missing parameter: token");
    const user = (world.tokens.access(token) ?? world.tokens.refresh(token))?.user;
    if (user === undefined) return oauthError("invalid_token", "Token expired or revoked");
    world.tokens.revokeUser(user.sub);
    world.grants.revoke(user.sub);
    return jsonReply({});
  });
}

import { decodeJwt, decodeProtectedHeader } from "jose";
import { jsonReply } from "../oauth/responses.ts";
import { allParameters, authorizationHeader } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { oauthError } from "./errors.ts";
import { profileClaims } from "./id-token.ts";
import type { GoogleServer } from "./server.ts";

/** Serves tokeninfo, which sends numbers and booleans as strings. */
export function serveTokenInfo(server: GoogleServer): void {
  const respond = (c: EmulatorContext): Response => {
    const { id_token: idToken, access_token: given } = allParameters(c);
    if (idToken !== undefined) return idTokenInfo(server, idToken);
    const accessToken = given ?? authorizationHeader(c, "bearer");
    return accessToken === undefined
      ? oauthError("invalid_request", "Either access_token or id_token required")
      : accessTokenInfo(server, accessToken);
  };
  for (const path of ["/tokeninfo", "/oauth2/v1/tokeninfo", "/oauth2/v3/tokeninfo"]) {
    server.app.on(["GET", "POST"], path, respond);
  }
}

function accessTokenInfo(server: GoogleServer, token: string): Response {
  const access = server.tokens.access(token);
  if (access === undefined) return oauthError("invalid_token", "Invalid Value");
  const { user, scopes, expiresAt, offline } = access;
  const claims = user === undefined ? {} : profileClaims(user, scopes);
  return jsonReply({
    azp: server.clientId,
    aud: server.clientId,
    sub: claims["sub"],
    scope: scopes.join(" "),
    exp: String(Math.floor(expiresAt / 1000)),
    expires_in: String(Math.floor((expiresAt - server.now()) / 1000)),
    email: claims["email"],
    email_verified: claims["email_verified"]?.toString(),
    access_type: offline ? "offline" : "online",
  });
}

function idTokenInfo(server: GoogleServer, token: string): Response {
  try {
    const claims = decodeJwt(token);
    if ((claims.exp ?? 0) * 1000 <= server.now()) {
      return oauthError("invalid_token", "Invalid Value");
    }
    const all = Object.entries({ ...claims, ...decodeProtectedHeader(token) });
    return jsonReply(Object.fromEntries(all.map(([name, value]) => [name, String(value)])));
  } catch {
    return oauthError("invalid_token", "Invalid Value");
  }
}

/** Serves revocation. Revoking one token revokes all tokens of the user, and all that the user granted to the project. */
export function serveRevocation(server: GoogleServer): void {
  server.app.post("/revoke", (c) => {
    const contentType = c.req.header("content-type") ?? "";
    const isForm = contentType.startsWith("application/x-www-form-urlencoded");
    // Google's own client for Node.js sends the token in the query, without a body and without a Content-Type.
    if (!isForm && c.get("received").rawBody !== "") {
      return oauthError("invalid_request", "The content type must be form-urlencoded.");
    }
    const { token } = allParameters(c);
    if (token === undefined) return oauthError("invalid_request", "Missing parameter: token");
    const user = (server.tokens.access(token) ?? server.tokens.refresh(token))?.user;
    if (user === undefined) return oauthError("invalid_token", "Token expired or revoked");
    server.tokens.revokeUser(user.sub);
    server.grants.revoke(user.sub);
    return jsonReply({});
  });
}

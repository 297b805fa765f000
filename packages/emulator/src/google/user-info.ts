import { jsonReply } from "../oauth/replies.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { bearerAccess } from "./bearer.ts";
import { hostedDomain, profileClaims } from "./id-token.ts";
import { oauthError } from "./oauth-error.ts";
import type { GoogleWorld } from "./world.ts";

/** Serves userinfo and its aliases. */
export function serveUserInfo(world: GoogleWorld): void {
  const answer = (shape: (claims: Claims) => Claims) => (c: EmulatorContext) => {
    const access = bearerAccess(world, c);
    // Not the AIP-193 shape of other APIs. From memory, as are the v1 and v2 forms below.
    if (access?.user === undefined)
      return oauthError("invalid_request", "Invalid Credentials", 401);
    const { user, scopes } = access;
    return jsonReply(shape({ ...profileClaims(user, scopes), ...hostedDomain(world, user) }));
  };
  const { app } = world;
  for (const path of ["/v1/userinfo", "/oauth2/v3/userinfo"]) {
    app.on(
      ["GET", "POST"],
      path,
      answer((claims) => claims),
    );
  }
  for (const path of ["/oauth2/v1/userinfo", "/oauth2/v2/userinfo"]) {
    app.get(path, answer(olderNames));
  }
}

type Claims = Readonly<Record<string, string | boolean | undefined>>;

function olderNames({ sub, email_verified: verified, ...rest }: Claims): Claims {
  return { id: sub, verified_email: verified, ...rest };
}

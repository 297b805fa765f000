import { mayCallBack } from "./consumers.ts";
import { parametersRejected } from "./oauth-problem.ts";
import { askedPermissions, permissions } from "./permissions.ts";
import type { OAuth1Permission } from "./permissions.ts";
import { oauthRoute, plainParameter } from "./received-parameters.ts";
import type { OAuthRequest, ReceivedParameters } from "./received-parameters.ts";
import { verifySignedRequest } from "./signed-request.ts";
import { tokenReply } from "./token-reply.ts";
import { issueRequestToken } from "./tokens.ts";
import type { OAuth1Server } from "./server.ts";

/** Serves the endpoint for temporary credentials (RFC 5849 section 2.1). */
export function serveRequestToken(server: OAuth1Server): void {
  server.app.on(["GET", "POST"], "/oauth/request_token", oauthRoute(server, requestToken));
}

async function requestToken(request: OAuthRequest): Promise<Response> {
  const { server, received } = request;
  const { consumer } = await verifySignedRequest(request, { parameters: ["oauth_callback"] });
  const callback = received.oauth.get("oauth_callback") ?? "";
  if (callback !== "oob" && !mayCallBack(consumer, callback)) {
    const advice =
      'The oauth_callback is "oob" or an absolute URL that the consumer registered; without registered ones, any URL of this machine.';
    throw parametersRejected(["oauth_callback"], advice);
  }
  const issued = issueRequestToken(server, consumer, callback, permissionsAskedBy(received));
  const confirmed = server.switches.callbackConfirmed;
  return tokenReply(server, {
    oauth_token: issued.token,
    oauth_token_secret: issued.secret,
    oauth_callback_confirmed: confirmed === "absent" ? undefined : String(confirmed),
  });
}

// Twitter and Google use these names.
function permissionsAskedBy(received: ReceivedParameters): readonly OAuth1Permission[] {
  for (const name of ["x_auth_access_type", "scope"]) {
    const asked = plainParameter(received, name);
    if (asked === undefined) continue;
    const known = askedPermissions(asked);
    if (known === undefined) throw parametersRejected([name], "There are: read, write.");
    return known;
  }
  return permissions;
}

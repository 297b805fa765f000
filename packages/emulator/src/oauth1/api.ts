import { jsonReply } from "../oauth/replies.ts";
import type { AccessToken } from "./access-tokens.ts";
import { answering } from "./answer.ts";
import type { ApiRoutes } from "./api-call.ts";
import { echo } from "./echo.ts";
import { itemsApi } from "./items-api.ts";
import { OAuthProblem } from "./oauth-problem.ts";
import { redirect } from "./redirects.ts";
import { verifySignedRequest } from "./signed-request.ts";
import type { OAuth1World } from "./world.ts";

/** Serves the protected resources (RFC 5849 section 3). */
export function serveApi(world: OAuth1World): void {
  const { app } = world;
  const call = apiCalls(world);
  app.get(
    "/api/me",
    call(({ token }) => jsonReply(profile(token))),
  );
  itemsApi(world, call);
  app.all("/api/redirect", call(redirect));
  // Two-legged calls are allowed here.
  app.all("/api/echo/*", call(echo, { needsToken: false }));
}

function apiCalls(world: OAuth1World): ApiRoutes {
  return (answer, { needsToken } = { needsToken: true }) =>
    answering(world, async (c, received) => {
      const signed = await verifySignedRequest(world, c, received, {
        parameters: needsToken ? ["oauth_token"] : [],
        findToken: (name) => world.accessTokens.get(name),
      });
      if (signed.token !== undefined && signed.token.expiresAt <= world.now()) {
        throw new OAuthProblem(401, "token_expired", "The access token has expired.");
      }
      return answer({ ...signed, c, received });
    });
}

function profile(token: AccessToken | undefined): object {
  const { id, screenName, name, email, picture } = token?.user ?? {};
  return { id, screen_name: screenName, name, email, picture };
}

import { jsonReply } from "../oauth/replies.ts";
import type { GitHubWorld } from "./world.ts";

/** Serves the metadata at the one place where GitHub has it: RFC 8414's path-inserted URL. */
export function serveMetadata(world: GitHubWorld): void {
  const { app, endpoints } = world;
  app.get("/.well-known/oauth-authorization-server/login/oauth", () =>
    jsonReply({
      issuer: endpoints.issuer,
      authorization_endpoint: endpoints.authorization,
      token_endpoint: endpoints.token,
      response_types_supported: ["code"],
      grant_types_supported: ["authorization_code", "refresh_token"],
      service_documentation:
        "https://docs.github.com/apps/creating-github-apps/registering-a-github-app/registering-a-github-app",
      code_challenge_methods_supported: ["S256"],
    }),
  );
}

import { jsonReply } from "../oauth/replies.ts";
import type { GitHubServer } from "./server.ts";

/** Serves the RFC 8414 metadata, only at the path-inserted URL, as GitHub does. */
export function serveMetadata(server: GitHubServer): void {
  const { app, endpoints } = server;
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

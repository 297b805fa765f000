import { jsonReply } from "../oauth/replies.ts";
import type { GitHubServer } from "./server.ts";

/** The URLs of the GitHub emulator. */
export interface GitHubEndpoints {
  /** Issuer of callbacks. */
  readonly issuer: string;
  /** Authorization endpoint, with the consent page. */
  readonly authorization: string;
  /** Token endpoint. */
  readonly token: string;
  /** Device authorization endpoint. */
  readonly deviceAuthorization: string;
  /** Base URL of the REST API, without a trailing slash. */
  readonly api: string;
}

/** Returns the URLs, with GitHub's paths. The REST API, which has its own host at GitHub, is below `/api`. */
export function githubEndpoints(origin: string): GitHubEndpoints {
  return {
    issuer: `${origin}/login/oauth`,
    authorization: `${origin}/login/oauth/authorize`,
    token: `${origin}/login/oauth/access_token`,
    deviceAuthorization: `${origin}/login/device/code`,
    api: `${origin}/api`,
  };
}

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

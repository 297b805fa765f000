import { jsonReply } from "../oauth/replies.ts";
import type { GitHubServer } from "./server.ts";

/** Where the GitHub emulator's endpoints are. */
export interface GitHubEndpoints {
  /** `iss` of callbacks. */
  readonly issuer: string;
  /** Where the browser goes, to be asked for consent. */
  readonly authorization: string;
  /** Where codes and refresh tokens become tokens. */
  readonly token: string;
  /** Where devices get their codes. */
  readonly deviceAuthorization: string;
  /** Base of the REST API, without a slash at its end. */
  readonly api: string;
}

/** GitHub's own paths; the REST API, on a host of its own at GitHub, is below `/api`. */
export function githubEndpoints(origin: string): GitHubEndpoints {
  return {
    issuer: `${origin}/login/oauth`,
    authorization: `${origin}/login/oauth/authorize`,
    token: `${origin}/login/oauth/access_token`,
    deviceAuthorization: `${origin}/login/device/code`,
    api: `${origin}/api`,
  };
}

/** Serves the metadata at the one place where GitHub has it: RFC 8414's path-inserted URL. */
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

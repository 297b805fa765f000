import { jsonReply } from "../oauth/responses.ts";
import { serviceIdToken } from "./id-token.ts";
import type { GoogleServer } from "./server.ts";

const PROJECT = "emulator";

const ACCOUNT = { email: `default@${PROJECT}.iam.gserviceaccount.com`, id: "300000000001" };

const FLAVOR = { "metadata-flavor": "Google" };

const DEFAULT_SCOPE = "https://www.googleapis.com/auth/cloud-platform";

/**
 * Serves the metadata server of Compute Engine and Cloud Run.
 *
 * @see https://cloud.google.com/compute/docs/access/authenticate-workloads
 */
export function serveMetadataServer(server: GoogleServer): void {
  const { app, tokens, switches } = server;
  app.use("/computeMetadata/*", async (c, next) =>
    c.req.header("metadata-flavor") === "Google"
      ? next()
      : text("Missing required header: Metadata-Flavor", 403),
  );
  const account = "/computeMetadata/v1/instance/service-accounts/default";
  app.get(`${account}/token`, (c) => {
    const scopes = (c.req.query("scopes") ?? DEFAULT_SCOPE).split(",");
    const token = tokens.issueAccess({ user: undefined, scopes, offline: false });
    const lifetime = switches.accessTokenLifetime;
    return jsonReply(
      { access_token: token, expires_in: lifetime, token_type: "Bearer" },
      200,
      FLAVOR,
    );
  });
  app.get(`${account}/identity`, async (c) => {
    const audience = c.req.query("audience");
    return audience === undefined
      ? text("non-empty audience parameter required", 400)
      : text(await serviceIdToken(server, ACCOUNT, audience));
  });
  app.get(`${account}/email`, () => text(ACCOUNT.email));
  app.get("/computeMetadata/v1/project/project-id", () => text(PROJECT));
}

function text(body: string, status = 200): Response {
  return new Response(body, { status, headers: { ...FLAVOR, "content-type": "application/text" } });
}

import { join } from "node:path";
import {
  NodeOAuthClient,
  type NodeSavedSession,
  requestLocalLock,
  type RuntimeLock,
} from "@atproto/oauth-client-node";
import { generateKeyPair, exportJWK } from "jose";
import lockfile from "proper-lockfile";
import { USER_ID } from "./rotating-provider.ts";
import { SharedFile } from "./shared-file.ts";
import { isAnswered, type SharedWay } from "./shared-way.ts";

/** The client of Bluesky's protocol, which asks its user for a lock: here proper-lockfile's, between processes. */
export const atproto: SharedWay = {
  heeds401: true,
  async signIn({ origin, stored, expiresAt, folder }) {
    const path = join(folder, "session.json");
    const { privateKey } = await generateKeyPair("ES256", { extractable: true });
    const session: NodeSavedSession = {
      dpopJwk: { ...(await exportJWK(privateKey)), alg: "ES256" } as NodeSavedSession["dpopJwk"],
      authMethod: { method: "none" },
      tokenSet: {
        iss: origin,
        sub: USER_ID,
        aud: origin,
        scope: "atproto",
        access_token: stored.accessToken,
        refresh_token: stored.refreshToken,
        token_type: "DPoP",
        expires_at: new Date(expiresAt).toISOString(),
      },
    };
    await new SharedFile<NodeSavedSession>(path).write(session);
    return path;
  },
  open({ origin }, path) {
    const session = new SharedFile<NodeSavedSession>(path);
    const client = new NodeOAuthClient({
      clientMetadata: {
        client_id: "https://app.example.com/client-metadata.json",
        redirect_uris: ["https://app.example.com/callback"],
        scope: "atproto",
        response_types: ["code"],
        grant_types: ["authorization_code", "refresh_token"],
        token_endpoint_auth_method: "none",
        dpop_bound_access_tokens: true,
      },
      allowHttp: true,
      plcDirectoryUrl: origin,
      requestLock: lockOf(path),
      stateStore: { get: () => undefined, set: () => undefined, del: () => undefined },
      sessionStore: {
        get: () => session.read(),
        set: (_user, saved) => session.write(saved),
        del: () => session.remove(),
      },
    });
    const call = async (): Promise<boolean> => {
      const restored = await client.restore(USER_ID);
      return isAnswered(restored.fetchHandler("/api/me"));
    };
    return Promise.resolve({ call, close: () => Promise.resolve() });
  },
};

/** One at a time in this process, then one at a time between processes. */
function lockOf(path: string): RuntimeLock {
  const retries = { retries: 10_000, factor: 1.5, minTimeout: 2, maxTimeout: 50, randomize: true };
  return (name, work) =>
    requestLocalLock(name, async () => {
      const release = await lockfile.lock(path, { realpath: false, retries });
      try {
        return await work();
      } finally {
        await release();
      }
    });
}

import { join } from "node:path";
import {
  type OAuthClientProvider,
  type OAuthTokens,
  withOAuth,
} from "@modelcontextprotocol/client";
import { SharedFile } from "./shared-file.ts";
import { CLIENT, isAnswered, type SharedWay } from "./shared-way.ts";

const REDIRECT_URI = "http://127.0.0.1/callback";

/** The MCP SDK: its `withOAuth` sends the token, and calls `auth()` when the server answers 401. */
export const mcp: SharedWay = {
  heeds401: true,
  async signIn({ stored, folder }) {
    const path = join(folder, "tokens.json");
    await new SharedFile<OAuthTokens>(path).write({
      access_token: stored.accessToken,
      refresh_token: stored.refreshToken,
      token_type: "Bearer",
    });
    return path;
  },
  open({ origin }, path) {
    const tokens = new SharedFile<OAuthTokens>(path);
    const provider: OAuthClientProvider = {
      redirectUrl: REDIRECT_URI,
      clientMetadata: { redirect_uris: [REDIRECT_URI] },
      clientInformation: () => ({
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
      }),
      tokens: () => tokens.read(),
      saveTokens: (saved) => tokens.write(saved),
      invalidateCredentials: async (scope) => {
        if (scope === "all" || scope === "tokens") await tokens.remove();
      },
      // The user has to sign in again: this caller is not served.
      redirectToAuthorization() {},
      saveCodeVerifier() {},
      codeVerifier: () => "",
    };
    const send = withOAuth(provider, origin)(fetch);
    const call = (): Promise<boolean> => isAnswered(send(`${origin}/api/me`));
    return Promise.resolve({ call, close: () => Promise.resolve() });
  },
};

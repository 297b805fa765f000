import { startGitHub } from "@grantkit/emulator";
import { clientOf } from "../processes/client.ts";
import type { ClientDescription } from "../processes/task.ts";
import type { RotatingProvider } from "./rotating-provider.ts";
import { TokenGate } from "./token-gate.ts";

/** How the emulated GitHub behaves. */
export interface GitHubProviderOptions {
  /**
   * How long a refresh token works once more after it was used, in seconds.
   *
   * @defaultValue 0
   */
  readonly grace?: number;
  /** How many users can sign in. */
  readonly users: number;
}

/** Starts the emulated GitHub with tokens that expire after hours. */
export async function startRotatingGitHub(
  options: GitHubProviderOptions,
): Promise<RotatingProvider> {
  const { grace = 0, users } = options;
  const emulator = await startGitHub({
    expiringTokens: true,
    refreshTokenReuse: "revokes-family",
    refreshTokenGrace: grace,
    users: Array.from({ length: users }, (_, index) => ({
      id: index + 1,
      login: `user-${index + 1}`,
      name: null,
      email: null,
      emails: [],
    })),
  });
  const gate = await TokenGate.start(emulator.endpoints.token);
  const { clientId, clientSecret, endpoints } = emulator;
  const description: ClientDescription = {
    provider: "github",
    clientId,
    clientSecret,
    endpoints: { ...endpoints, token: gate.url },
    path: "/user",
  };
  const client = clientOf(description);
  let signedIn = 0;
  return {
    client: description,
    gate,
    async signIn() {
      signedIn += 1;
      const user = `user-${signedIn}`;
      const request = await client.authorizationRequest();
      const callback = await emulator.authorize(request.url, { user });
      const token = (await client.fetchToken(callback, request)).toJSON();
      return { ...token, refreshToken: token.refreshToken ?? "" };
    },
    expire: () => emulator.expireAccessTokens(),
    async close() {
      await gate.close();
      await emulator.close();
    },
  };
}

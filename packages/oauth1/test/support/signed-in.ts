import type { OAuth1Emulator } from "@grantkit/emulator";
import { defineOAuth1Provider, OAuth1Session, type OAuth1SessionOptions } from "@grantkit/oauth1";

/** What an app says of itself to an emulator. */
export function appOf(emulator: OAuth1Emulator): OAuth1SessionOptions {
  const { api, ...endpoints } = emulator.endpoints;
  return {
    provider: defineOAuth1Provider({ name: "example", endpoints, api: { baseUrl: api } }),
    clientKey: emulator.clientId,
    clientSecret: emulator.clientSecret,
  };
}

/** A session of a user who has taken the three steps. */
export async function signedIn(
  emulator: OAuth1Emulator,
  options: Partial<OAuth1SessionOptions> = {},
): Promise<OAuth1Session> {
  const session = new OAuth1Session({
    ...appOf(emulator),
    callbackUri: "http://127.0.0.1:9/callback",
    ...options,
  });
  await session.fetchRequestToken();
  session.parseAuthorizationResponse(await emulator.authorize(session.authorizationUrl()));
  await session.fetchAccessToken();
  return session;
}

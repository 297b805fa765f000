import type { OAuth1Emulator } from "@grantkit/emulator";
import {
  defineOAuth1Provider,
  type OAuth1Provider,
  type OAuth1ProviderDefinition,
  OAuth1Session,
  type OAuth1SessionOptions,
} from "@grantkit/oauth1";

/** Where nobody listens: callbacks are read, never fetched. */
export const CALLBACK = "http://127.0.0.1:9/callback";

/** The emulator as a provider. */
function providerOf(
  { endpoints: { api, ...endpoints } }: OAuth1Emulator,
  definition: Partial<OAuth1ProviderDefinition> = {},
): OAuth1Provider {
  return defineOAuth1Provider({ name: "example", endpoints, api: { baseUrl: api }, ...definition });
}

/** A session of the emulator's registered application. */
export function sessionAt(
  emulator: OAuth1Emulator,
  options: Partial<OAuth1SessionOptions> = {},
): OAuth1Session {
  return new OAuth1Session({
    provider: providerOf(emulator),
    clientKey: emulator.clientId,
    clientSecret: emulator.clientSecret,
    ...options,
  });
}

/** A session whose user has signed in. */
export async function signedIn(
  emulator: OAuth1Emulator,
  options: Partial<OAuth1SessionOptions> = {},
): Promise<OAuth1Session> {
  const session = sessionAt(emulator, { callbackUri: CALLBACK, ...options });
  await session.fetchRequestToken();
  session.parseAuthorizationResponse(await emulator.authorize(session.authorizationUrl()));
  await session.fetchAccessToken();
  return session;
}

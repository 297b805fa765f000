import { clickThrough, userIdFinder, visibleText } from "../consent/click-through.ts";
import type { ConsentChoice } from "../consent/click-through.ts";
import { pinOn } from "../consent/page.ts";
import { openFrame, startEmulator } from "../emulator-frame.ts";
import type { Emulator } from "../emulator.ts";
import { checkOptions, initialSwitches } from "../server/switches.ts";
import { serveAccessToken } from "./access-token-endpoint.ts";
import { serveApi } from "./api.ts";
import { serveAuthorization, serveTrial } from "./authorization.ts";
import { createConsumerKey, knownConsumer } from "./consumers.ts";
import { oauth1Failures } from "./failures.ts";
import type { OAuth1Failure } from "./failures.ts";
import { nonceMemory } from "./nonces.ts";
import { oauth1Defaults, oauth1OptionRules, oauth1SwitchRules } from "./options.ts";
import type { OAuth1Options, OAuth1Switches } from "./options.ts";
import { serveRequestToken } from "./request-token-endpoint.ts";
import { findOAuth1User, oauth1Users } from "./users.ts";
import type { OAuth1User } from "./users.ts";
import { oauth1Endpoints } from "./world.ts";
import type { OAuth1Endpoints, OAuth1World } from "./world.ts";

/** A running OAuth 1.0a server. */
export interface OAuth1Emulator extends Emulator<
  "oauth1",
  OAuth1Endpoints,
  OAuth1User,
  OAuth1Switches,
  OAuth1Failure
> {
  /**
   * Does what `authorize` does when the request token was asked for with the callback `oob`, and resolves to the PIN on the
   * last page: the `oauth_verifier`. Rejects with status and page text if there is none.
   */
  authorizeOutOfBand(authorizationUrl: string | URL, choice?: ConsentChoice): Promise<string>;
  /**
   * Gives the registered application a new RSA key, which replaces the one it had, and resolves to the private half:
   * PKCS #8 in PEM form.
   */
  createConsumerKey(): Promise<string>;
}

const THEME = {
  providerName: "OAuth 1.0a",
  accent: "#8a4b08",
  accentOnDark: "#f0b35e",
  isProtocol: true,
};

/**
 * Starts an OAuth 1.0a server on 127.0.0.1: RFC 5849 with the extensions and the manners of Twitter, Flickr and Yahoo.
 *
 * @example
 * ```ts
 * import { startOAuth1 } from "@grantkit/emulator";
 *
 * const emulator = await startOAuth1({ renewal: true, users: [{ id: "7", screenName: "seven", name: "Seven", email: null }] });
 * console.log(emulator.clientId, emulator.clientSecret, emulator.endpoints.requestToken);
 * await emulator.close();
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc5849
 */
export async function startOAuth1(options: OAuth1Options = {}): Promise<OAuth1Emulator> {
  const given = checkOptions("The emulator of OAuth 1.0a", options, oauth1OptionRules);
  const {
    port = 0,
    clientId = "oauth1-emulator-consumer",
    clientSecret = "oauth1-emulator-secret",
    applicationName = "Your application",
    redirectUris,
    users: givenUsers,
    now = Date.now,
    publicKey,
    consumers = [],
  } = given;
  const registered = knownConsumer({
    key: clientId,
    secret: clientSecret,
    name: applicationName,
    ...(publicKey === undefined ? {} : { publicKey }),
    ...(redirectUris === undefined ? {} : { callbacks: redirectUris }),
  });
  const others = consumers.map(knownConsumer);
  const switches = initialSwitches(oauth1Defaults, given);
  const frame = await openFrame(port, THEME, oauth1Failures(now));
  const users = oauth1Users(frame.origin, givenUsers);
  const world: OAuth1World = {
    ...frame,
    consumers: [registered, ...others],
    users,
    switches,
    now,
    nonces: nonceMemory(() => now() / 1000 - switches.timestampWindow),
    requestTokens: new Map(),
    accessTokens: new Map(),
  };
  serveRequestToken(world);
  serveAuthorization(world);
  serveAccessToken(world);
  serveApi(world);
  serveTrial(world, registered);
  const userIdOf = userIdFinder(
    users,
    (user) => findOAuth1User(users, user)?.id,
    ({ screenName }) => screenName,
  );
  const emulator = startEmulator(frame, {
    ...world,
    provider: "oauth1",
    clientId,
    clientSecret,
    endpoints: oauth1Endpoints(frame.origin),
    rules: oauth1SwitchRules,
    userIdOf,
    expireAccessTokens: () => {
      for (const token of world.accessTokens.values()) token.expiresAt = now();
    },
  });
  return {
    ...emulator,
    createConsumerKey: () => createConsumerKey(registered),
    authorizeOutOfBand: async (authorizationUrl, choice = {}) => {
      const url = String(authorizationUrl);
      const response = await clickThrough(frame.origin, { url }, choice, userIdOf);
      const pageText = await response.text();
      const pin = pinOn(pageText);
      if (pin !== undefined) return pin;
      throw new Error(
        `The emulator of OAuth 1.0a showed no PIN (HTTP ${response.status}): ${visibleText(pageText)}`,
      );
    },
  };
}

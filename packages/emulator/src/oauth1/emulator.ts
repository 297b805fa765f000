import { visibleText } from "../consent/click-through.ts";
import type { ConsentChoice } from "../consent/click-through.ts";
import { pinOn } from "../consent/page.ts";
import { defineEmulator } from "../define-emulator.ts";
import type { DefinedEmulator } from "../defined-emulator.ts";
import type { Emulator } from "../emulator.ts";
import { serveApi } from "./api.ts";
import { serveAuthorization, serveTrial } from "./authorization.ts";
import { createConsumerKey, knownConsumer } from "./consumers.ts";
import { oauth1Failures } from "./failures.ts";
import type { OAuth1Failure } from "./options.ts";
import { consumerRules, oauth1Switches } from "./options.ts";
import type { OAuth1Options, OAuth1Switches } from "./options.ts";
import { oauth1Endpoints } from "./endpoints.ts";
import type { OAuth1Endpoints } from "./endpoints.ts";
import type { OAuth1Server } from "./server.ts";
import { serveAccessToken, serveRequestToken } from "./token-endpoints.ts";
import { oauth1Users } from "./users.ts";
import type { OAuth1User } from "./users.ts";

/** A running OAuth 1.0a server. */
export interface OAuth1Emulator extends Emulator<
  "oauth1",
  OAuth1Endpoints,
  OAuth1User,
  OAuth1Switches,
  OAuth1Failure
> {
  /**
   * Does what `authorize` does for a request token with the callback `oob`, and resolves to the PIN on the last page: the
   * `oauth_verifier`. Rejects with the status and the text of the page if there is no PIN.
   */
  authorizeOutOfBand(authorizationUrl: string | URL, choice?: ConsentChoice): Promise<string>;
  /**
   * Creates a new RSA key for the registered application, in place of the current one, and resolves to its private half:
   * PKCS #8 in PEM form.
   */
  createConsumerKey(): Promise<string>;
}

/** The definition of the OAuth 1.0a emulator. */
export const oauth1: DefinedEmulator<OAuth1Options, OAuth1Emulator> = defineEmulator({
  provider: "oauth1",
  theme: {
    providerName: "OAuth 1.0a",
    accent: "#8a4b08",
    accentOnDark: "#f0b35e",
    isProtocol: true,
  },
  application: { clientId: "oauth1-emulator-consumer", clientSecret: "oauth1-emulator-secret" },
  switches: oauth1Switches,
  ownRules: consumerRules,
  endpoints: oauth1Endpoints,
  users: oauth1Users,
  userNames: ({ id, screenName, name, email }) => [id, screenName, name, email],
  failures: (_, now) => oauth1Failures(now),
  server: (base, { publicKey, consumers = [] }): OAuth1Server => ({
    ...base,
    consumers: [
      knownConsumer({
        key: base.clientId,
        secret: base.clientSecret,
        name: base.applicationName,
        ...(publicKey === undefined ? {} : { publicKey }),
        ...(base.redirectUris === undefined ? {} : { callbacks: base.redirectUris }),
      }),
      ...consumers.map(knownConsumer),
    ],
    nonces: new Map(),
    requestTokens: new Map(),
    accessTokens: new Map(),
  }),
  routes: [serveRequestToken, serveAuthorization, serveAccessToken, serveApi, serveTrial],
  expireAccessTokens: ({ accessTokens, now }) => {
    for (const token of accessTokens.values()) token.expiresAt = now();
  },
  controls: ({ consumers }, visit) => ({
    createConsumerKey: () => createConsumerKey(consumers[0]),
    authorizeOutOfBand: async (authorizationUrl, choice) => {
      const response = await visit(String(authorizationUrl), choice);
      const pageText = await response.text();
      const pin = pinOn(pageText);
      if (pin !== undefined) return pin;
      throw new Error(
        `The emulator of OAuth 1.0a showed no PIN (HTTP ${response.status}): ${visibleText(pageText)}`,
      );
    },
  }),
});

/**
 * Starts an OAuth 1.0a server on 127.0.0.1: RFC 5849 with the extensions and the habits of Twitter, Flickr and Yahoo.
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
export function startOAuth1(options: OAuth1Options = {}): Promise<OAuth1Emulator> {
  return oauth1.start(options);
}

import type { AuthorizationRequestOptions } from "../authorization/request-options.ts";
import type { AuthorizationRequest } from "../authorization/request.ts";
import type { OAuth2Client } from "../client.ts";
import { type Clock, systemClock } from "../clock.ts";
import { throwProblems } from "../errors/configuration-error.ts";
import { isOAuthError, OAuthError } from "../errors/oauth-error.ts";
import { Deadline } from "../http/deadline.ts";
import { unlessAborted } from "../http/unless-aborted.ts";
import {
  anything,
  must,
  mustBeClock,
  mustBeFunction,
  mustBeOneOf,
  mustBeSignal,
  optionProblems,
  type OptionRules,
} from "../options/option-rules.ts";
import { ownOptions } from "../options/own-fields.ts";
import type { Token } from "../tokens/token.ts";
import { type CallbackAddress, CallbackServer } from "./callback-server.ts";
import { defaultPage } from "./loopback-page.ts";
import { openSystemBrowser } from "./open-browser.ts";

/** Options of {@link loopbackSignIn}. */
export interface LoopbackOptions extends CallbackAddress {
  /** The options of the authorization request: `scope`, `prompt`, …, as for `client.authorizationRequest()`. */
  readonly authorization?: Omit<
    AuthorizationRequestOptions,
    "redirectUri" | "responseMode" | "responseType"
  >;
  /**
   * Shows the provider's page to the user. Pass a function that prints the URL for a machine without a browser.
   *
   * @defaultValue opens the system's browser
   */
  readonly openBrowser?: (url: string) => void | Promise<void>;
  /** How long the user may take, in milliseconds. @defaultValue `300_000`, five minutes */
  readonly timeout?: number;
  /** Ends the sign-in when it aborts. */
  readonly signal?: AbortSignal;
  /**
   * Makes the page that the browser shows in the end, as HTML. Its scripts do not run, and it can load nothing. Escape what
   * you take from the error.
   */
  readonly page?: (error: OAuthError | undefined) => string;
  /** Time, for tests. @defaultValue the machine's */
  readonly clock?: Clock;
}

const RULES: OptionRules<LoopbackOptions> = {
  authorization: anything,
  openBrowser: mustBeFunction,
  port: must(
    "be a port: a whole number from 0 to 65535",
    (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535,
  ),
  host: mustBeOneOf("127.0.0.1", "[::1]"),
  path: must(
    'be a path such as "/callback", without a query',
    (value) => typeof value === "string" && /^\/[\w./~-]*$/.test(value),
  ),
  timeout: must(
    "be a number of milliseconds above 0",
    (value) => typeof value === "number" && value > 0,
  ),
  signal: mustBeSignal,
  page: mustBeFunction,
  clock: mustBeClock,
};

/** A callback of another sign-in, which anybody can send: the sign-in goes on. */
const FOREIGN: ReadonlySet<OAuthError["code"]> = new Set(["STATE_MISMATCH", "CALLBACK_INVALID"]);

/**
 * Signs the user of a command-line tool or a desktop app in, through the system's browser (RFC 8252 §7.3): listens on a
 * loopback address, opens the provider's page, and takes the one callback that has this sign-in's state. Afterwards nothing
 * listens, and nothing keeps the process alive.
 *
 * Register the callback URL at the provider, for a client of the type "native" or "desktop":
 * `http://127.0.0.1/callback`. If the user's browser is on another machine, use the device grant.
 *
 * @param client - The client; its `redirectUri` is not used.
 * @param options - How the browser is opened, where to listen, and how long.
 * @throws ConfigurationError for options that cannot be used, or a port that is taken.
 * @throws OAuthError: `TIMEOUT` when the user did not come back in time, `ABORTED` by `signal`, and what
 * `client.authorizationRequest()` and `client.fetchToken()` throw: `ACCESS_DENIED` when the user refused.
 * @example
 * ```ts
 * import type { OAuth2Client } from "@grantkit/core";
 * import { loopbackSignIn } from "@grantkit/core/node";
 *
 * export const login = (client: OAuth2Client) =>
 *   loopbackSignIn(client, { authorization: { scope: ["read"] } });
 * ```
 */
export async function loopbackSignIn(
  client: OAuth2Client,
  options: LoopbackOptions = {},
): Promise<Token> {
  throwProblems("loopbackSignIn()", optionProblems(options, RULES));
  const { authorization, timeout = 300_000, signal, clock = systemClock } = ownOptions(options);
  if (signal?.aborted) throw aborted();
  const server = await CallbackServer.start(ownOptions(options));
  const deadline = new Deadline(clock, timeout, signal);
  try {
    const { redirectUri } = server;
    const request = await client.authorizationRequest({ ...authorization, redirectUri });
    return await unlessAborted(takeCallback(client, request, server, options), deadline.signal);
  } catch (error) {
    if (deadline.expired) throw tooLate(timeout);
    throw signal?.aborted ? aborted() : error;
  } finally {
    deadline.clear();
    await server.close();
  }
}

/** Opens the browser, and waits for the callback of this sign-in. */
function takeCallback(
  client: OAuth2Client,
  request: AuthorizationRequest,
  server: CallbackServer,
  options: LoopbackOptions,
): Promise<Token> {
  const { openBrowser = openSystemBrowser, page = defaultPage } = ownOptions(options);
  return new Promise((resolve, reject) => {
    let isOver = false;
    let last: Promise<unknown> = Promise.resolve();
    const answer = async (url: string): Promise<string | undefined> => {
      // The request is for one callback. Whoever sends it again gets nothing.
      if (isOver) return undefined;
      let failure: OAuthError | undefined;
      try {
        resolve(await client.fetchToken(url, request));
      } catch (error) {
        failure = isOAuthError(error) ? error : undefined;
        if (failure && FOREIGN.has(failure.code)) return undefined;
        reject(error);
      }
      isOver = true;
      return page(failure);
    };
    // One after another: a code is used once, and a foreign callback must not take the place of the user's.
    server.answer = (url) => {
      const answered = last.then(() => answer(url));
      last = answered.catch(() => undefined);
      return answered;
    };
    const opened = Promise.resolve().then(() => openBrowser(request.url));
    opened.catch(() => reject(noBrowser()));
  });
}

function aborted(): OAuthError {
  return new OAuthError("ABORTED", "The sign-in was aborted.");
}

function tooLate(timeout: number): OAuthError {
  const message = `The user did not come back from the provider within ${timeout} ms. Let the user try again, or pass a longer timeout.`;
  return new OAuthError("TIMEOUT", message, { retryable: true });
}

function noBrowser(): OAuthError {
  const message =
    "The browser could not be opened. Pass openBrowser: (url) => console.log(url) to show the URL, or use the device grant if the browser is on another machine.";
  return new OAuthError("CONFIGURATION_INVALID", message);
}

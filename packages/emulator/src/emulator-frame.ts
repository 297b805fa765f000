import { Hono } from "hono";
import { CALLBACK_PATH, callbackPage, frontPage } from "./consent/application-pages.ts";
import { serveAvatars } from "./consent/avatar.ts";
import { clickThrough, visibleText } from "./consent/click-through.ts";
import { consentDesk } from "./consent/consent-desk.ts";
import type { ConsentDesk } from "./consent/consent-desk.ts";
import { styleSheet } from "./consent/page-theme.ts";
import type { PageTheme } from "./consent/page-theme.ts";
import { STYLE_PATH } from "./consent/page.ts";
import type { Emulator, EmulatorOptions } from "./emulator.ts";
import { isLoopbackUrl } from "./oauth/redirects.ts";
import { failureQueue } from "./server/failures.ts";
import type { FailureQueue, NamedFailure } from "./server/failures.ts";
import { openLoopbackServer } from "./server/loopback-server.ts";
import type { LoopbackServer } from "./server/loopback-server.ts";
import { recordRequests } from "./server/request-log.ts";
import type { EmulatorEnv, RecordedRequest } from "./server/request-log.ts";
import {
  callable,
  checkOptions,
  filledList,
  text,
  urlList,
  wholeNumber,
} from "./server/switches.ts";
import type { Rules } from "./server/switches.ts";

/** What every emulator is built into: a server with recording, failures and pages, but no provider yet. */
export interface Frame<Failure extends string> {
  readonly app: Hono<EmulatorEnv>;
  readonly origin: string;
  readonly desk: ConsentDesk;
  readonly theme: PageTheme;
  readonly log: RecordedRequest[];
  readonly failures: FailureQueue<Failure>;
  readonly server: LoopbackServer;
}

/** What a provider adds to the frame to make an emulator. */
export interface ProviderParts<Provider extends string, Endpoints, User, Switches> {
  readonly provider: Provider;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly endpoints: Endpoints;
  readonly users: readonly User[];
  /** Changed in place by `configure`. */
  readonly switches: Switches;
  readonly rules: Rules<Switches>;
  readonly userIdOf: (user: string) => string;
  readonly expireAccessTokens: () => void;
}

/** The rules of the options that every emulator takes. */
export const commonRules: Rules<EmulatorOptions<unknown>> = {
  port: wholeNumber(65_535),
  clientId: text,
  clientSecret: text,
  applicationName: text,
  redirectUris: urlList,
  users: filledList,
  now: callable,
};

/** Opens a server whose app has everything that is not a provider's own. */
export async function openFrame<Failure extends string>(
  port: number | undefined,
  theme: PageTheme,
  named: Readonly<Record<Failure, NamedFailure>>,
): Promise<Frame<Failure>> {
  const server = await openLoopbackServer(port ?? 0);
  const log: RecordedRequest[] = [];
  const failures = failureQueue(named, server.closing);
  const app = new Hono<EmulatorEnv>();
  app.use(async (c, next) => {
    // A page elsewhere may point its own host name at 127.0.0.1 (DNS rebinding) and click Allow by itself.
    if (!isLoopbackUrl(`http://${c.req.header("host") ?? ""}`)) {
      return c.text("The emulator answers only to this machine's own names.", 421);
    }
    return next();
  });
  app.use(recordRequests(log));
  app.use(failures.middleware);
  app.get(STYLE_PATH, (c) => c.body(styleSheet(theme), 200, { "content-type": "text/css" }));
  app.get(CALLBACK_PATH, (c) => callbackPage(theme, c.get("received").query));
  serveAvatars(app);
  const desk = consentDesk(app, theme);
  app.onError((error, c) => c.text(`The emulator failed: ${error.stack ?? error.message}`, 500));
  return { app, origin: server.origin, desk, theme, log, failures, server };
}

/** The public face of an emulator; from here on it answers requests. */
export function startEmulator<
  Provider extends string,
  Endpoints extends object,
  User,
  Switches extends object,
  Failure extends string,
>(
  frame: Frame<Failure>,
  parts: ProviderParts<Provider, Endpoints, User, Switches>,
): Emulator<Provider, Endpoints, User, Switches, Failure> {
  const { origin, log, failures, server, theme } = frame;
  const { provider, clientId, clientSecret, endpoints, users, switches, rules } = parts;
  frame.app.get("/", () => frontPage(theme, { clientId, clientSecret, endpoints }));
  server.serve(frame.app.fetch);
  return {
    provider,
    origin,
    clientId,
    clientSecret,
    endpoints,
    users,
    requests: log,
    clearRequests: () => {
      log.length = 0;
    },
    configure: (changes) => {
      Object.assign(
        switches,
        checkOptions(`The emulator of ${theme.providerName}`, changes, rules),
      );
    },
    failNext: (failure, times = 1) => failures.add(failure, times),
    authorize: async (authorizationUrl, choice = {}) => {
      const url = String(authorizationUrl);
      const response = await clickThrough(origin, { url }, choice, parts.userIdOf);
      const target = response.headers.get("location");
      if (target !== null) return target;
      throw new Error(
        `The emulator of ${theme.providerName} showed a page instead of redirecting (HTTP ${response.status}): ${visibleText(await response.text())}`,
      );
    },
    expireAccessTokens: parts.expireAccessTokens,
    close: () => server.close(),
  };
}

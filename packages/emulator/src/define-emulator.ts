import { Hono } from "hono";
import { CALLBACK_PATH, callbackPage, frontPage } from "./consent/application-pages.ts";
import { isPicture, serveAvatars } from "./consent/avatar.ts";
import { visibleText, visitor } from "./consent/click-through.ts";
import type { Visit } from "./consent/click-through.ts";
import { consentDesk } from "./consent/consent-desk.ts";
import { styleSheet } from "./consent/page-theme.ts";
import type { PageTheme } from "./consent/page-theme.ts";
import { STYLE_PATH } from "./consent/page.ts";
import type { EmulatorServer } from "./emulator-server.ts";
import type { DefinedEmulator } from "./defined-emulator.ts";
import type { Emulator, EmulatorOptions } from "./emulator.ts";
import { limitBodies } from "./server/body-limit.ts";
import { refuseCrossSite } from "./server/cross-site.ts";
import { failureQueue } from "./server/failures.ts";
import type { FailureQueue, NamedFailure } from "./server/failures.ts";
import { isLoopbackUrl, openLoopbackServer } from "./server/loopback-server.ts";
import type { LoopbackServer } from "./server/loopback-server.ts";
import { recordRequests } from "./server/request-log.ts";
import type { RecordedRequest } from "./server/recorded-request.ts";
import type { EmulatorEnv } from "./server/request-log.ts";
import {
  callable,
  checkOptions,
  filledList,
  initialSwitches,
  portNumber,
  switchRules,
  text,
  urlList,
} from "./server/switches.ts";
import type { Rules, SwitchTable } from "./server/switches.ts";

type AnyEmulator = Emulator<string, object, unknown, object, string>;
type AnyOptions = EmulatorOptions<unknown>;
type AnyServer = EmulatorServer<object, unknown, object>;
type SwitchesOf<Running> =
  Running extends Emulator<string, object, unknown, infer Switches, string> ? Switches : never;
type FailureOf<Running> =
  Running extends Emulator<string, object, unknown, object, infer Failure> ? Failure : never;

/** What one emulator adds to what all emulators share. */
interface EmulatorDefinition<Options, Running extends AnyEmulator, Server> {
  readonly provider: Running["provider"];
  readonly theme: PageTheme;
  /** Credentials of the registered application, where the options have none. */
  readonly application: { readonly clientId: string; readonly clientSecret: string };
  readonly switches: SwitchTable<SwitchesOf<Running>>;
  /** Rules of the options that only this emulator takes. */
  readonly ownRules?: Rules<Omit<Options, keyof AnyOptions | keyof SwitchesOf<Running>>>;
  readonly endpoints: (origin: string) => Running["endpoints"];
  /** URLs by name that are no OAuth endpoints, for people to see among the endpoints. */
  readonly otherUrls?: (origin: string) => Readonly<Record<string, string>>;
  /** Completes the given users; without them, the seeded ones. */
  readonly users: (origin: string, given?: Running["users"]) => Running["users"];
  /** The id of a user, the name to list them by in error messages, and further names to find them by. */
  readonly userNames: (
    user: Running["users"][number],
  ) => readonly [id: string, name: string, ...others: (string | null | undefined)[]];
  readonly failures: (
    switches: SwitchesOf<Running>,
    now: () => number,
  ) => Readonly<Record<FailureOf<Running> & string, NamedFailure>>;
  /** Adds the state that only this server has. */
  readonly server: (
    base: EmulatorServer<Running["endpoints"], Running["users"][number], SwitchesOf<Running>>,
    options: Options,
  ) => Server;
  /** Functions that add routes to the server's app, in this order. */
  readonly routes: readonly ((server: Server) => void)[];
  /** Called after switches were changed. */
  readonly configured?: (server: Server, changes: Partial<SwitchesOf<Running>>) => void;
  readonly expireAccessTokens: (server: Server) => void;
  /** Makes the members that only this emulator has. */
  readonly controls: (server: Server, visit: Visit) => Omit<Running, keyof AnyEmulator>;
}

type AnyDefinition = EmulatorDefinition<AnyOptions, AnyEmulator, AnyServer>;

/** Defines an emulator. */
export function defineEmulator<
  Options extends AnyOptions,
  Running extends AnyEmulator,
  Server extends AnyServer,
>(provided: EmulatorDefinition<Options, Running, Server>): DefinedEmulator<Options, Running> {
  // What emulators share does not depend on the provider's types.
  const definition = provided as unknown as AnyDefinition;
  const { ownRules, switches, otherUrls = () => ({}) } = definition;
  const rules = { ...COMMON_RULES, ...switchRules(switches), ...ownRules };
  return {
    switches: switches as DefinedEmulator<Options, Running>["switches"],
    otherUrls,
    start: async (options) => {
      const given = checkOptions<AnyOptions>(nameOf(definition), options, rules);
      const loopback = await openLoopbackServer(given.port ?? 0);
      try {
        return run(definition, given, loopback) as Running;
      } catch (error) {
        await loopback.close();
        throw error;
      }
    },
  };
}

const COMMON_RULES: Rules<AnyOptions> = {
  port: portNumber,
  clientId: text,
  clientSecret: text,
  applicationName: text,
  redirectUris: urlList,
  users: filledList,
  now: callable,
};

function nameOf({ theme }: { readonly theme: PageTheme }): string {
  return `The emulator of ${theme.providerName}`;
}

function run(
  definition: AnyDefinition,
  options: AnyOptions,
  loopback: LoopbackServer,
): AnyEmulator {
  const { provider, theme, userNames } = definition;
  const { origin } = loopback;
  const { clientId, clientSecret } = { ...definition.application, ...options };
  const { applicationName = "Your application", redirectUris, now = Date.now } = options;
  const who = nameOf(definition);
  const switches = initialSwitches(definition.switches, options);
  const endpoints = definition.endpoints(origin);
  const users = definition.users(origin, options.users);
  const log: RecordedRequest[] = [];
  const failures = failureQueue(definition.failures(switches, now), loopback.closing);
  const app = sharedRoutes(theme, log, failures);
  const findUser = (name: string | undefined): unknown =>
    users.find((user) => name !== undefined && userNames(user).includes(name));
  const requireUser = (name: string): unknown => {
    const user = findUser(name);
    if (user !== undefined) return user;
    const known = users.map((other) => userNames(other)[1]).join(", ");
    throw new TypeError(`There is no user "${name}". The users are: ${known}.`);
  };
  const base: AnyServer = {
    app,
    origin,
    desk: consentDesk(app, theme),
    theme,
    endpoints,
    clientId,
    clientSecret,
    applicationName,
    redirectUris,
    users,
    findUser,
    requireUser,
    switches,
    now,
  };
  const server = definition.server(base, options);
  for (const addRoutes of definition.routes) addRoutes(server);
  app.get("/", () =>
    frontPage(theme, {
      clientId,
      clientSecret,
      endpoints: { ...endpoints, ...definition.otherUrls?.(origin) },
    }),
  );
  loopback.serve(app.fetch);
  const visit = visitor(origin, (name) => userNames(requireUser(name))[0]);
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
      const checked = checkOptions(who, changes, switchRules(definition.switches));
      Object.assign(switches, checked);
      definition.configured?.(server, checked);
    },
    failNext: (failure, times = 1) => failures.add(failure, times),
    authorize: async (authorizationUrl, choice) => {
      const response = await visit(String(authorizationUrl), choice);
      const target = response.headers.get("location");
      if (target !== null) return target;
      throw new Error(
        `${who} showed a page instead of redirecting (HTTP ${response.status}): ${visibleText(await response.text())}`,
      );
    },
    expireAccessTokens: () => definition.expireAccessTokens(server),
    close: () => loopback.close(),
    ...definition.controls(server, visit),
  };
}

function sharedRoutes(
  theme: PageTheme,
  log: RecordedRequest[],
  failures: FailureQueue<string>,
): Hono<EmulatorEnv> {
  const app = new Hono<EmulatorEnv>();
  app.use(async (c, next) => {
    // DNS rebinding: a foreign page may point its own host name at 127.0.0.1 and click Allow by itself.
    if (!isLoopbackUrl(`http://${c.req.header("host") ?? ""}`)) {
      return c.text("The emulator answers only to this machine's own names.", 421);
    }
    return next();
  });
  // Before the log, so that what is refused pushes no request out of it.
  app.use(refuseCrossSite(isPicture));
  app.use(limitBodies);
  app.use(recordRequests(log));
  app.use(failures.middleware);
  app.get(STYLE_PATH, (c) => c.body(styleSheet(theme), 200, { "content-type": "text/css" }));
  app.get(CALLBACK_PATH, (c) => callbackPage(theme, c.get("received").query));
  serveAvatars(app);
  app.notFound((c) => c.text("404 Not Found. The emulator does not serve this path.", 404));
  app.onError((error, c) => c.text(`The emulator failed: ${error.stack ?? error.message}`, 500));
  return app;
}

import { afterAll, beforeAll, beforeEach } from "@jest/globals";
import { type GitHubEmulator, type GitHubOptions, startGitHub } from "@grantkit/emulator";
import { GitHubApp, type GitHubAppOptions } from "@grantkit/provider-github";
import { FakeClock } from "@grantkit/provider-github/testing";
import { until } from "../../core/test/support/turns.ts";

/** A GitHub on this machine with a GitHub App. */
interface StartedApp {
  readonly emulator: GitHubEmulator;
  readonly app: GitHubApp;
  readonly clock: FakeClock;
  /** Makes another client of the app, which knows no token. */
  readonly another: (changes?: Partial<GitHubAppOptions>) => GitHubApp;
}

/**
 * Starts a GitHub with a GitHub App for the tests of a file: its key takes long to make. Each test has an app of its own, which
 * knows no token.
 */
export function appForEach(): StartedApp & { readonly installation: number } {
  let started: StartedApp;
  let app: GitHubApp;
  beforeAll(async () => {
    started = await startedApp();
  });
  beforeEach(() => {
    app = started.another();
    started.emulator.clearRequests();
  });
  afterAll(() => started.emulator.close());
  return {
    get emulator() {
      return started.emulator;
    },
    get app() {
      return app;
    },
    get clock() {
      return started.clock;
    },
    get installation() {
      return started.emulator.installationIds[0] as number;
    },
    another: (changes) => started.another(changes),
  };
}

/** Starts a GitHub with a GitHub App, and makes the app. */
export async function startedApp(
  switches: GitHubOptions = {},
  options: Partial<GitHubAppOptions> = {},
): Promise<StartedApp> {
  const clock = new FakeClock();
  const emulator = await startGitHub({
    appType: "github-app",
    now: () => clock.now(),
    ...switches,
  });
  const privateKey = await emulator.createAppKey();
  const another = (changes: Partial<GitHubAppOptions> = {}): GitHubApp =>
    new GitHubApp({
      clientId: emulator.clientId,
      clientSecret: emulator.clientSecret,
      redirectUri: "http://127.0.0.1:8080/callback",
      endpoints: emulator.endpoints,
      privateKey,
      clock,
      random: () => 0,
      retries: false,
      ...changes,
    });
  return { emulator, app: another(options), clock, another };
}

/** Requests for installation tokens that reached the emulator. */
export function mintsAt(emulator: GitHubEmulator): object[] {
  return emulator.requests
    .filter(({ path }) => path.endsWith("/access_tokens"))
    .map(({ body }) => body);
}

/** The header and the claims of a JWT, whose signature the emulator has verified. */
export function readJwt(jwt: string): { header: object; claims: Record<string, unknown> } {
  const [header, claims] = jwt
    .split(".", 2)
    .map((part) => JSON.parse(Buffer.from(part, "base64url").toString()) as object);
  return { header: header as object, claims: claims as Record<string, unknown> };
}

/** Waits until a pause of so many milliseconds is the next timer of a clock, and advances the clock to its end. */
export async function passPause(clock: FakeClock, milliseconds: number): Promise<void> {
  await until(() => clock.untilNext === milliseconds);
  clock.advance(milliseconds);
}

/** The token of a request that reached the emulator, by default the last one. */
export function bearerAt(emulator: GitHubEmulator, index = -1): string {
  return String(emulator.requests.at(index)?.headers["authorization"]).replace("Bearer ", "");
}

/** GitHub's refusal of a token. */
export function refusedToken(message: string, headers: Readonly<Record<string, string>> = {}) {
  return {
    status: 401,
    headers,
    body: { message, documentation_url: "https://docs.github.com/rest" },
  };
}

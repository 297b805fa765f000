import { afterAll, beforeAll, beforeEach } from "@jest/globals";
import { type ConsentChoice, type MicrosoftEmulator, startMicrosoft } from "@grantkit/emulator";
import {
  MicrosoftClient,
  type MicrosoftClientOptions,
  type MicrosoftScope,
  type Token,
} from "@grantkit/provider-microsoft";
import { FakeClock } from "@grantkit/provider-microsoft/testing";

/** The emulator and its clients, with one clock. */
export interface Microsoft {
  readonly server: MicrosoftEmulator;
  readonly clock: FakeClock;
  /** The forms that the token endpoint received. */
  readonly tokenForms: readonly Readonly<Record<string, unknown>>[];
  readonly clientOf: (options?: Partial<MicrosoftClientOptions>) => MicrosoftClient;
  readonly signIn: (
    client: MicrosoftClient,
    scope?: readonly (MicrosoftScope | (string & {}))[],
    choice?: ConsentChoice,
  ) => Promise<Token>;
}

/** Starts an emulator for the tests of a file: making its keys takes most of a test's time. Each test has its own clock. */
export function microsoftForEach(Clock: typeof FakeClock = FakeClock): Microsoft {
  let server: MicrosoftEmulator;
  let clock = new Clock();
  beforeAll(async () => {
    server = await startMicrosoft({ now: () => clock.now() });
  });
  beforeEach(() => {
    clock = new Clock();
    server.clearRequests();
    server.configure({
      idToken: "none",
      groups: "none",
      claimsChallenge: false,
      identityCache: "none",
    });
  });
  afterAll(() => server.close());
  return {
    get server() {
      return server;
    },
    get clock() {
      return clock;
    },
    get tokenForms() {
      return server.requests
        .filter(({ path }) => path.endsWith("/oauth2/v2.0/token"))
        .map(({ body }) => body);
    },
    clientOf: (options = {}) => {
      const { clientId, clientSecret, endpoints } = server;
      const redirectUri = "http://127.0.0.1:8080/callback";
      const usual = { clientId, clientSecret, endpoints, redirectUri, clock };
      return new MicrosoftClient({ ...usual, ...options });
    },
    signIn: async (client, scope, choice) => {
      const request = await client.authorizationRequest(scope ? { scope } : {});
      return client.fetchToken(await server.authorize(request.url, choice), request);
    },
  };
}

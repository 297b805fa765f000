import { afterEach, beforeEach } from "@jest/globals";
import {
  MicrosoftClient,
  type MicrosoftClientOptions,
  type MicrosoftScope,
  type Token,
} from "@grantkit/provider-microsoft";
import { FakeClock } from "@grantkit/provider-microsoft/testing";
import { MicrosoftServer } from "./microsoft-server.ts";

/** A server and its clients, with one clock. */
export interface Microsoft {
  server: MicrosoftServer;
  clock: FakeClock;
  readonly clientOf: (options?: Partial<MicrosoftClientOptions>) => MicrosoftClient;
  readonly signIn: (client: MicrosoftClient, scope?: readonly MicrosoftScope[]) => Promise<Token>;
}

/** Starts a server for each test of a file. */
export function microsoftForEach(): Microsoft {
  const microsoft: Microsoft = {
    server: undefined as unknown as MicrosoftServer,
    clock: undefined as unknown as FakeClock,
    clientOf: (options = {}) => {
      const { clientId, clientSecret, endpoints } = microsoft.server;
      const redirectUri = "http://127.0.0.1:8080/callback";
      const { clock } = microsoft;
      const usual = { clientId, clientSecret, endpoints, redirectUri, clock };
      return new MicrosoftClient({ ...usual, ...options });
    },
    signIn: async (client, scope) => {
      const request = await client.authorizationRequest(scope ? { scope } : {});
      return client.fetchToken(await microsoft.server.authorize(request.url), request);
    },
  };
  beforeEach(async () => {
    const [server, clock] = [await MicrosoftServer.start(), new FakeClock()];
    server.now = () => clock.now();
    Object.assign(microsoft, { server, clock });
  });
  afterEach(() => microsoft.server.close());
  return microsoft;
}

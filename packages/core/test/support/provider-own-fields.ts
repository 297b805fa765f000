import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { OAuth2Client, ProviderEndpoints } from "@grantkit/core";
import { optionalFields, polluted, readsFromPrototype } from "./prototype-traps.ts";

/** An emulator, as far as a sign-in needs it. */
interface SignInServer {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly endpoints: Partial<ProviderEndpoints>;
  authorize(url: string): Promise<string>;
  close(): Promise<void>;
}

type ClientOptions = Pick<SignInServer, "clientId"> &
  Partial<Pick<SignInServer, "clientSecret" | "endpoints">> & { readonly redirectUri: string };

/** A provider package. */
interface ProviderPackage<Server extends SignInServer> {
  /** The folder's name. */
  readonly name: string;
  readonly start: () => Promise<Server>;
  readonly preset: () => object;
  readonly makeClient: (options: ClientOptions) => OAuth2Client;
}

const redirectUri = "http://127.0.0.1:8080/callback";

/** Tests that a provider package takes nothing from a polluted `Object.prototype`. */
export function describeOwnFields<Server extends SignInServer>({
  name,
  start,
  preset,
  makeClient,
}: ProviderPackage<Server>): void {
  describe(`${name} with a polluted Object.prototype`, () => {
    let server: Server;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server.close());

    it("reads own fields only in the preset, the client, a sign-in and the profile", async () => {
      const names = [...new Set([...optionalFields("core"), ...optionalFields(name)])];
      const reads = await readsFromPrototype(names, async () => {
        preset();
        const { clientId, clientSecret, endpoints } = server;
        const client = makeClient({ clientId, clientSecret, endpoints, redirectUri });
        const request = await client.authorizationRequest();
        const token = await client.fetchToken(await server.authorize(request.url), request);
        await client.profile(token);
      });
      expect(reads).toEqual([]);
    });

    it("takes no endpoints, no host and no version from it", async () => {
      const additions = {
        endpoints: { token: "http://127.0.0.1:1/evil" },
        host: "evil.example",
        version: "v0.1",
        apiVersion: "2000-01-01",
        api: "http://127.0.0.1:1/evil",
        token: "http://127.0.0.1:1/evil",
        issuer: "http://127.0.0.1:1/evil",
      };
      await polluted(additions, () => {
        const { provider } = makeClient({ clientId: "client-id", redirectUri });
        const { endpoints, issuer, api } = provider;
        expect(JSON.stringify({ endpoints, issuer, api, preset: preset() })).not.toMatch(
          /evil|v0\.1|2000-01-01/,
        );
        return Promise.resolve();
      });
    });
  });
}

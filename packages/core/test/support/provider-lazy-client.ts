import { describe, expect, it } from "@jest/globals";
import { ConfigurationError, type EndpointOverrides, type OAuth2Client } from "@grantkit/core";
import { thrown } from "./thrown.ts";

/** An emulator, as far as a sign-in needs it. */
interface SignInServer {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly endpoints: EndpointOverrides;
  authorize(url: string): Promise<string>;
  close(): Promise<void>;
}

/** Client options whose values are missing as long as the environment variables are. */
export interface OptionsOfEnvironment {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly endpoints?: EndpointOverrides;
}

/** Tests that a provider's client can be made while its environment variables are missing. */
export function describeLazyClient<Server extends SignInServer>(
  name: string,
  start: () => Promise<Server>,
  makeClient: (options: () => OptionsOfEnvironment) => OAuth2Client,
): void {
  describe(`a client of ${name} whose options are a function`, () => {
    it("signs a user in once its environment variables are there, and says which are missing until then", async () => {
      const server = await start();
      const env: { ID?: string; SECRET?: string; CALLBACK?: string } = {};
      const client = makeClient(() => ({
        clientId: env.ID as string,
        clientSecret: env.SECRET as string,
        redirectUri: env.CALLBACK as string,
        endpoints: server.endpoints,
      }));
      const error = await thrown(client.authorizationRequest());
      expect(error).toBeInstanceOf(ConfigurationError);
      const problems = (error as ConfigurationError).problems.map((each) => each.split(" ")[0]);
      expect(problems).toEqual(["clientId", "clientSecret", "redirectUri"]);

      env.ID = server.clientId;
      env.SECRET = server.clientSecret;
      env.CALLBACK = "http://127.0.0.1:8080/callback";
      const request = await client.authorizationRequest();
      const token = await client.fetchToken(await server.authorize(request.url), request);
      await expect(client.profile(token)).resolves.toMatchObject({ id: expect.any(String) });
      await server.close();
    });
  });
}

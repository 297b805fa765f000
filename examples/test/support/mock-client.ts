import {
  type AuthorizationRequest,
  type AuthorizationRequestOptions,
  type Clock,
  OAuth2Client,
  type OAuth2ClientOptions,
  type Provider,
  type Token,
} from "@grantkit/core";
import { APP } from "../mock/server/app.ts";
import type { MockProvider } from "../mock/server/mock-provider.ts";

/** The mock's time. No test is to wait for a deadline. */
export function clockOf(mock: MockProvider): Clock {
  return { now: () => mock.time, after: () => () => undefined };
}

/** Options of a client that talks to a mock, at the real provider's URLs. */
export function optionsFor(mock: MockProvider): OAuth2ClientOptions {
  return { ...APP, clock: clockOf(mock), http: { httpsAgent: mock.agent } };
}

/** Makes a client of an example that talks to a mock. */
export function clientFor(
  mock: MockProvider,
  provider: Provider,
  options: Partial<OAuth2ClientOptions> = {},
): OAuth2Client {
  return new OAuth2Client(provider, { ...optionsFor(mock), ...options });
}

/** Signs a user in at a mock. */
export async function signIn(
  mock: MockProvider,
  client: OAuth2Client,
  options: AuthorizationRequestOptions = {},
): Promise<Token> {
  const request: AuthorizationRequest = await client.authorizationRequest(options);
  return client.fetchToken(await mock.consent(request.url), request);
}

/** The URLs that a mock received, and the method of each. */
export function placesOf(mock: MockProvider): string[] {
  return mock.calls.map(({ method, url }) => `${method} ${url.origin}${url.pathname}`);
}

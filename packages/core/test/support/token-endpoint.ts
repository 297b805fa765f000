import {
  type AuthorizationRequest,
  type AuthorizationRequestOptions,
  defineProvider,
  OAuth2Client,
  type OAuth2ClientOptions,
  type ProviderDefinition,
  type ProviderEndpoints,
  type Token,
} from "@grantkit/core";
import { CANARY } from "./canaries.ts";
import { FakeClock } from "./fake-clock.ts";
import {
  type Answer,
  type Answering,
  LoopbackServer,
  type ReceivedRequest,
} from "./loopback-server.ts";

/** A valid token response, of which tests change single fields. */
export const GOOD: Readonly<Record<string, unknown>> = {
  access_token: CANARY.accessToken,
  token_type: "Bearer",
  expires_in: 3600,
  refresh_token: CANARY.refreshToken,
  scope: "read write",
};

/** A server whose token endpoint answers as a test says. */
export class TokenEndpoint {
  readonly clock = new FakeClock();
  readonly server: LoopbackServer;

  private constructor(server: LoopbackServer) {
    this.server = server;
    this.answer({ body: GOOD });
  }

  static async start(): Promise<TokenEndpoint> {
    return new TokenEndpoint(await LoopbackServer.start());
  }

  /** The URLs of every endpoint, all at this server. */
  get everyEndpoint(): ProviderEndpoints {
    const { origin } = this.server;
    return {
      authorization: `${origin}/authorize`,
      token: `${origin}/token`,
      introspection: `${origin}/introspect`,
      revocation: `${origin}/revoke`,
      deviceAuthorization: `${origin}/device`,
      pushedAuthorization: `${origin}/par`,
      userInfo: `${origin}/me`,
    };
  }

  /** The token requests so far. */
  get requests(): readonly ReceivedRequest[] {
    return this.server.received("/token");
  }

  /** The fields of a token request that was sent as a form. */
  form(index = 0): Record<string, string> {
    return Object.fromEntries(new URLSearchParams(this.requests[index]?.body));
  }

  /** Sets the answer of the token endpoint. */
  answer(answer: Answer | "hang" | "cut" | Answering): void {
    this.server.answer = typeof answer === "function" ? answer : () => answer;
  }

  client(
    definition: Partial<ProviderDefinition> = {},
    options: Partial<OAuth2ClientOptions> = {},
  ): OAuth2Client {
    const { origin } = this.server;
    return new OAuth2Client(
      defineProvider({
        name: "example",
        endpoints: { authorization: `${origin}/authorize`, token: `${origin}/token` },
        defaultScope: ["read", "write"],
        ...definition,
      }),
      {
        clientId: "client",
        clientSecret: CANARY.clientSecret,
        redirectUri: "https://app.example.com/callback",
        clock: this.clock,
        ...options,
      },
    );
  }

  close(): Promise<void> {
    return this.server.close();
  }
}

/** The callback of an authorization request. */
export function callbackFor({ state }: AuthorizationRequest): string {
  return `/callback?code=${CANARY.code}&state=${state}`;
}

/** A whole sign-in. */
export async function signIn(
  client: OAuth2Client,
  options: AuthorizationRequestOptions = {},
): Promise<Token> {
  const request = await client.authorizationRequest(options);
  return client.fetchToken(callbackFor(request), request);
}

/** Waits for the event loop, and so for loopback connections, until a condition is true. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

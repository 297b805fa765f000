import {
  type AuthorizationRequest,
  type Clock,
  defineProvider,
  OAuth2Client,
  type OAuth2ClientOptions,
  type ProviderDefinition,
  Token,
  type TokenRecord,
} from "@grantkit/core";
import { type Answering, LoopbackServer, type ReceivedRequest } from "./loopback-server.ts";

/** A provider on this machine whose API knows which access tokens are good. */
export class ExampleProvider {
  readonly server: LoopbackServer;
  /** Access tokens that the API accepts. */
  readonly accepted = new Set<string>();
  /** What the token endpoint answers. */
  token: Answering = () => ({ body: { access_token: "at-first-0001", token_type: "Bearer" } });
  /** What the API answers to a request with a good token. */
  api: Answering = () => ({ body: { hello: "world" } });

  private constructor(server: LoopbackServer) {
    this.server = server;
    server.answer = (request, response) => this.#answer(request, response);
  }

  static async start(): Promise<ExampleProvider> {
    return new ExampleProvider(await LoopbackServer.start());
  }

  get origin(): string {
    return this.server.origin;
  }

  /** Requests that reached the token endpoint. */
  get tokenRequests(): ReceivedRequest[] {
    return this.server.received("/token");
  }

  /** Requests that reached the API. */
  get apiRequests(): ReceivedRequest[] {
    return this.server.received("/api");
  }

  /** A client of this provider. */
  client(
    options: Partial<OAuth2ClientOptions> = {},
    definition: Partial<ProviderDefinition> = {},
  ): OAuth2Client {
    const provider = defineProvider({
      name: "example",
      endpoints: {
        authorization: `${this.origin}/authorize`,
        token: `${this.origin}/token`,
        userInfo: "/me",
      },
      api: { baseUrl: `${this.origin}/api` },
      profile: (raw) => ({ id: String(raw["id"] ?? ""), raw }),
      ...definition,
    });
    return new OAuth2Client(provider, {
      clientId: "client-id",
      clientSecret: "client-secret-canary",
      redirectUri: "https://app.example.com/callback?tenant=a%20b",
      random: () => 0,
      ...options,
    });
  }

  /** Client options that send requests to this provider without a network, for tests with thousands of requests. */
  get inProcess(): Required<Pick<OAuth2ClientOptions, "http" | "fetch">> {
    const ask = async (url: string, method: string, headers: Headers, body: unknown) => {
      const request = {
        method,
        url: url.slice(this.origin.length),
        headers: Object.fromEntries(headers),
        body: typeof body === "string" ? body : "",
      };
      this.server.requests.push(request);
      const answer = await this.#answer(request, undefined as never);
      if (typeof answer !== "object") throw new Error("in process, an answer is an object");
      return { status: 200, headers: {}, ...answer, body: JSON.stringify(answer.body) };
    };
    return {
      http: {
        adapter: async (config) => {
          const headers = new Headers(config.headers.toJSON());
          const method = config.method?.toUpperCase() ?? "GET";
          const answer = await ask(config.url as string, method, headers, config.data);
          return { ...answer, statusText: "", data: Buffer.from(answer.body), config };
        },
      },
      fetch: async (url, { method = "GET", headers, body } = {}) => {
        const answer = await ask(url as string, method, new Headers(headers), body);
        return new Response(answer.body, { status: answer.status });
      },
    };
  }

  /** Makes a token that the API accepts. */
  grant(record: { accessToken: string } & Parameters<typeof Token.from>[0]): Token {
    this.accepted.add(record.accessToken);
    return Token.from(record);
  }

  /** Makes a token with a lifetime of an hour that expires in some seconds by a clock. */
  expiring(clock: Clock, seconds: number, changes: Partial<TokenRecord> = {}): Token {
    return this.grant({
      accessToken: "at-old",
      refreshToken: "rt-old",
      issuedAt: clock.now() - 3600_000 + seconds * 1000,
      expiresAt: clock.now() + seconds * 1000,
      ...changes,
    });
  }

  /** Makes the token endpoint rotate: each refresh token works once, and gives a new pair. */
  rotate(first: string, lifetime = 3600): void {
    let current = first;
    let count = 0;
    this.token = ({ body }) => {
      const form = new URLSearchParams(body);
      if (form.get("refresh_token") !== current) {
        return { status: 400, body: { error: "invalid_grant" } };
      }
      count += 1;
      current = `rt-rotated-${count}`;
      const accessToken = `at-rotated-${count}`;
      this.accepted.clear();
      this.accepted.add(accessToken);
      return {
        body: {
          access_token: accessToken,
          token_type: "Bearer",
          expires_in: lifetime,
          refresh_token: current,
        },
      };
    };
  }

  close(): Promise<void> {
    return this.server.close();
  }

  #answer: Answering = (request, response) => {
    if (request.url.startsWith("/token")) return this.token(request, response);
    if (!request.url.startsWith("/api")) return { status: 404 };
    const query = new URL(request.url, this.origin).searchParams;
    const sent =
      /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ??
      query.get("access_token") ??
      new URLSearchParams(request.body).get("access_token");
    return sent !== null && this.accepted.has(sent)
      ? this.api(request, response)
      : { status: 401, body: { message: "Bad credentials" } };
  };
}

/** The callback that a provider would send for a request. */
export function callbackOf(
  request: AuthorizationRequest,
  parameters: Record<string, string> = {},
): string {
  const query = new URLSearchParams({ code: "code-canary", state: request.state, ...parameters });
  return `/callback?${query.toString()}`;
}

import { afterAll, beforeEach } from "@jest/globals";
import {
  type AuthorizationRequest,
  type Clock,
  defineProvider,
  type EndpointOverrides,
  OAuth2Client,
  type OAuth2ClientOptions,
  type Provider,
  type Token,
} from "@grantkit/core";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that the server received. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer of the server: an object is sent as JSON, a text unchanged. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | object;
}

type Answering = (request: ReceivedRequest) => Answer;

/** A provider on this machine that replaces an example's real one, and answers what a test sets. */
export class ProviderServer {
  readonly requests: ReceivedRequest[] = [];
  /** The answer of the token endpoint. */
  token: Answering = () => ({ body: {} });
  /** The answer of the API. */
  api: Answering = () => ({ body: {} });
  /** The answer of everything else. */
  other: Answering = () => ({ status: 404, body: {} });
  /** The clients' time, in milliseconds since the epoch. */
  time: number = Date.UTC(2026, 0, 15, 12);
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Starts a server for the tests of a file. Each test starts without requests; the server is closed after the last. */
  static async startForFile(): Promise<ProviderServer> {
    const provider = await ProviderServer.start();
    beforeEach(() => {
      provider.requests.length = 0;
    });
    afterAll(() => provider.close());
    return provider;
  }

  static async start(): Promise<ProviderServer> {
    const server = createServer();
    const provider = new ProviderServer(server);
    server.on("request", (incoming, response) => {
      const { method = "", url = "", headers } = incoming;
      // Tests must not depend on the machine's time.
      response.sendDate = false;
      let body = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (chunk: string) => (body += chunk));
      incoming.on("end", () => {
        const answer = provider.#answer({ method, url, headers, body });
        const isText = typeof answer.body === "string";
        response.writeHead(answer.status ?? 200, {
          "content-type": isText ? "text/plain" : "application/json;charset=utf-8",
          ...answer.headers,
        });
        response.end(isText ? answer.body : JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    // Without this, a test file that fails to start would wait for the server forever.
    server.unref();
    return provider;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The endpoints of this server, which replace the provider's. */
  get places(): EndpointOverrides & { readonly token: string; readonly api: string } {
    return {
      authorization: `${this.origin}/authorize`,
      token: `${this.origin}/token`,
      api: `${this.origin}/api`,
    };
  }

  /** The forms that the token endpoint received. */
  get tokenForms(): Record<string, string>[] {
    return this.#received("/token").map(({ body }) =>
      Object.fromEntries(new URLSearchParams(body)),
    );
  }

  get tokenRequests(): ReceivedRequest[] {
    return this.#received("/token");
  }

  get apiRequests(): ReceivedRequest[] {
    return this.#received("/api");
  }

  /** Makes a client of an example that talks to this server. */
  client(
    example: Provider,
    places: EndpointOverrides = this.places,
    options: Partial<OAuth2ClientOptions> = {},
  ): OAuth2Client {
    // No test is to wait for a deadline.
    const clock: Clock = { now: () => this.time, after: () => () => undefined };
    return new OAuth2Client(defineProvider(example, { ...this.#allOf(example), ...places }), {
      clientId: "client",
      clientSecret: "s3cret",
      redirectUri: "https://app.example.com/callback",
      clock,
      ...options,
    });
  }

  /** Every endpoint that an example has elsewhere, here: a test names only those that it is about. */
  #allOf({ endpoints }: Provider): EndpointOverrides {
    const real = Object.entries(endpoints).filter(([, url]) => url.startsWith("https:"));
    return Object.fromEntries(real.map(([name]) => [name, `${this.origin}/${name}`]));
  }

  /** Signs a user in. */
  async signIn(
    client: OAuth2Client,
    begun: (request: AuthorizationRequest) => void = () => undefined,
  ): Promise<Token> {
    const request = await client.authorizationRequest();
    begun(request);
    return client.fetchToken(`/callback?code=the-code&state=${request.state}`, request);
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #received(prefix: string): ReceivedRequest[] {
    return this.requests.filter(({ url }) => url.startsWith(prefix));
  }

  #answer(request: ReceivedRequest): Answer {
    this.requests.push(request);
    if (request.url.startsWith("/token")) return this.token(request);
    return request.url.startsWith("/api") ? this.api(request) : this.other(request);
  }
}

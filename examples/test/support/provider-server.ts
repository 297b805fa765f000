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

/** A request as the server received it. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What the server answers: an object as JSON, a text as it is. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | object;
}

type Answering = (request: ReceivedRequest) => Answer;

/** A provider on this machine that answers as a test wants it to, and takes the place of an example's real one. */
export class ProviderServer {
  readonly requests: ReceivedRequest[] = [];
  /** What the token endpoint answers. */
  token: Answering = () => ({ body: {} });
  /** What the API answers. */
  api: Answering = () => ({ body: {} });
  /** What everything else answers. */
  other: Answering = () => ({ status: 404, body: {} });
  /** The time of clients, in milliseconds since the epoch. */
  time: number = Date.UTC(2026, 0, 15, 12);
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Starts one for the tests of a file: each finds no requests, and it is closed after the last. */
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
      // The machine's time is none of the tests' business.
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
    // A test file that cannot start must end, and not wait for a server that nobody closes.
    server.unref();
    return provider;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What takes the place of a provider's endpoints. */
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

  /** A client of an example whose provider is this server. */
  client(
    example: Provider,
    places: EndpointOverrides = this.places,
    options: Partial<OAuth2ClientOptions> = {},
  ): OAuth2Client {
    // No test waits for a deadline.
    const clock: Clock = { now: () => this.time, after: () => () => undefined };
    return new OAuth2Client(defineProvider(example, places), {
      clientId: "client",
      clientSecret: "s3cret",
      redirectUri: "https://app.example.com/callback",
      clock,
      ...options,
    });
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

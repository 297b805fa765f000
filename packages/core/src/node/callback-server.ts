import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { OAuthError } from "../errors/oauth-error.ts";

/** Only what the page itself has; nothing is loaded, and no other page frames it. */
const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  connection: "close",
};

/** Answers a callback: gives the page to show, or undefined for a callback that is not meant. */
export type AnswerCallback = (url: string) => Promise<string | undefined>;

/** Where the provider sends the browser back to. */
export interface CallbackAddress {
  /**
   * The port to listen on, for a provider that compares it.
   *
   * @defaultValue `0`, any free port: providers ignore the port of a loopback address (RFC 8252 §7.3)
   */
  readonly port?: number;
  /** The address to listen on, as it is registered. @defaultValue `"127.0.0.1"` */
  readonly host?: "127.0.0.1" | "[::1]";
  /** The path of the callback URL, as it is registered. @defaultValue `"/callback"` */
  readonly path?: string;
}

/** The server to which the provider sends the browser back. It listens on the loopback interface only. */
export class CallbackServer {
  /** The callback URL, with the port that the system chose. */
  readonly redirectUri: string;
  /** Answers callbacks. */
  answer: AnswerCallback = () => Promise.resolve(undefined);
  readonly #server: Server;
  readonly #host: string;
  readonly #path: string;
  readonly #responses = new Set<Promise<void>>();

  private constructor(server: Server, host: string, path: string) {
    const { port } = server.address() as AddressInfo;
    this.#server = server;
    this.#host = `${host}:${port}`;
    this.#path = path;
    this.redirectUri = `http://${this.#host}${path}`;
    server.on("request", (request, response) => {
      const sent = this.#respond(request, response);
      this.#responses.add(sent);
      void sent.finally(() => this.#responses.delete(sent));
    });
  }

  /**
   * Starts listening.
   *
   * @throws OAuthError with code `CONFIGURATION_INVALID` when the port is taken.
   */
  static async start({
    host = "127.0.0.1",
    port = 0,
    path = "/callback",
  }: CallbackAddress): Promise<CallbackServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", ({ code }: NodeJS.ErrnoException) => {
        const advice = port === 0 ? "" : " Close the program that uses it, or pass another port.";
        const message = `loopbackSignIn() cannot listen on ${host}:${port} (${code}).${advice}`;
        reject(new OAuthError("CONFIGURATION_INVALID", message));
      });
      server.listen(port, host.replace(/[[\]]/g, ""), resolve);
    });
    return new CallbackServer(server, host, path);
  }

  /** Stops listening, and ends every connection once the last page was sent: a browser keeps some without a request. */
  async close(): Promise<void> {
    this.#server.close();
    await Promise.all(this.#responses);
    this.#server.closeAllConnections();
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = "", method, headers } = request;
    const isCallback = url === this.#path || url.startsWith(`${this.#path}?`);
    // Another host: a page of another site that resolves its name to the loopback address (DNS rebinding).
    const isMeant = isCallback && method === "GET" && headers.host === this.#host;
    // A page that cannot be made does not undo the sign-in.
    const page = isMeant ? await this.answer(url).catch(() => "") : undefined;
    await new Promise<void>((resolve) => {
      response.once("close", resolve);
      if (page === undefined)
        response.writeHead(isMeant ? 400 : 404, { connection: "close" }).end();
      else response.writeHead(200, HEADERS).end(page);
    });
  }
}

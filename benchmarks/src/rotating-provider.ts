import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as after } from "node:timers/promises";

/** Milliseconds that a refresh takes: long enough for a second one to set out, if anybody lets it. */
const TOKEN_ENDPOINT_DELAY = 50;
/** Milliseconds that a 401 may take: long enough to come back after the refresh that another one began. */
const SLOWEST_REFUSAL = 120;

/** A token that the provider's client has stored. */
export interface StoredToken {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/**
 * A provider with one user, which rotates refresh tokens and takes the second use of one for theft: it ends every token
 * that came of the same sign-in (RFC 9700 §4.14.2).
 */
export class RotatingProvider {
  readonly #server: Server;
  /** Requests that reached the token endpoint. */
  hits = 0;
  #generation = 0;
  #alive = true;
  #refusals = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<RotatingProvider> {
    const server = createServer();
    server.keepAliveTimeout = 60_000;
    const provider = new RotatingProvider(server);
    await new Promise<void>((resolve) =>
      server.listen({ port: 0, host: "127.0.0.1", backlog: 2048 }, resolve),
    );
    return provider;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Signs the user in anew; the access token of the sign-in is refused already. */
  signIn(): StoredToken {
    this.hits = 0;
    this.#generation += 1;
    this.#alive = true;
    const refreshToken = this.#refreshToken;
    return { accessToken: `old-${this.#generation}`, refreshToken };
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get #refreshToken(): string {
    return `refresh-${this.#generation}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/token") return this.#refresh(request, response);
    const good = this.#alive && request.headers.authorization === `Bearer at-${this.#generation}`;
    if (good) return send(response, 200, { hello: "world" });
    // At once, late, and everything between: a refusal that comes after the refresh is the trap.
    this.#refusals += 1;
    await after((this.#refusals * 37) % SLOWEST_REFUSAL);
    response.setHeader("www-authenticate", 'Bearer error="invalid_token"');
    return send(response, 401, { error: "invalid_token" });
  }

  async #refresh(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.hits += 1;
    const form = new URLSearchParams(await text(request));
    const current = form.get("refresh_token") === this.#refreshToken && this.#alive;
    if (current) this.#generation += 1;
    else this.#alive = false;
    const { access_token: accessToken, refresh_token: refreshToken } = {
      access_token: `at-${this.#generation}`,
      refresh_token: this.#refreshToken,
    };
    await after(TOKEN_ENDPOINT_DELAY);
    if (!current) return send(response, 400, { error: "invalid_grant" });
    return send(response, 200, {
      access_token: accessToken,
      token_type: "Bearer",
      expires_in: 3600,
      refresh_token: refreshToken,
    });
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

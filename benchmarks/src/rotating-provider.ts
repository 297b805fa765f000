import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as after } from "node:timers/promises";

/** Milliseconds that a refresh takes: long enough for a second one to set out, if anybody lets it. */
const TOKEN_ENDPOINT_DELAY = 50;
/** Milliseconds that a 401 may take: long enough to come back after the refresh that another one began. */
const SLOWEST_REFUSAL = 120;

/** The user, by the name that AT Protocol has for users. */
export const USER_ID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";

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
  /** Whether it has ended every token of the sign-in. */
  isRevoked = false;
  #generation = 0;
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
    this.isRevoked = false;
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
    const { url = "", headers } = request;
    if (url === "/token") return this.#refresh(request, response);
    const document = metadata(this.origin)[decodeURIComponent(url)];
    if (document || url.startsWith("/.well-known/")) {
      return send(response, document ? 200 : 404, document ?? {});
    }
    const [, sent] = /^(?:Bearer|DPoP) (.+)$/.exec(headers.authorization ?? "") ?? [];
    if (!this.isRevoked && sent === `at-${this.#generation}`) {
      return send(response, 200, { hello: "world" });
    }
    // At once, late, and everything between: a refusal that comes after the refresh is the trap.
    this.#refusals += 1;
    await after((this.#refusals * 37) % SLOWEST_REFUSAL);
    response.setHeader("www-authenticate", 'Bearer error="invalid_token"');
    return send(response, 401, { error: "invalid_token" });
  }

  async #refresh(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.hits += 1;
    const form = new URLSearchParams(await text(request));
    const current = form.get("refresh_token") === this.#refreshToken && !this.isRevoked;
    if (current) this.#generation += 1;
    else this.isRevoked = true;
    const tokens = {
      access_token: `at-${this.#generation}`,
      refresh_token: this.#refreshToken,
    };
    await after(TOKEN_ENDPOINT_DELAY);
    if (!current) return send(response, 400, { error: "invalid_grant" });
    return send(response, 200, {
      ...tokens,
      expires_in: 3600,
      // What AT Protocol asks for: its client refuses an answer without it.
      ...(request.headers["dpop"]
        ? { token_type: "DPoP", sub: USER_ID, scope: "atproto" }
        : { token_type: "Bearer" }),
    });
  }
}

/** What the clients that discover a provider ask it for, by path. */
function metadata(origin: string): Readonly<Record<string, object>> {
  return {
    "/.well-known/oauth-authorization-server": {
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      response_types_supported: ["code"],
      code_challenge_methods_supported: ["S256"],
      token_endpoint_auth_methods_supported: ["none", "client_secret_post"],
      dpop_signing_alg_values_supported: ["ES256"],
      client_id_metadata_document_supported: true,
    },
    "/.well-known/oauth-protected-resource": { resource: origin, authorization_servers: [origin] },
    [`/${USER_ID}`]: {
      id: USER_ID,
      service: [{ id: "#atproto_pds", type: "AtprotoPersonalDataServer", serviceEndpoint: origin }],
    },
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

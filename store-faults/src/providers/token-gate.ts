import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** A request with a refresh token, as it came through the gate. */
export interface RefreshRequest {
  readonly refreshToken: string;
  /** When it came, in milliseconds since the epoch. */
  readonly at: number;
  /** Whether the provider has got it: not if it was held, and its sender was killed meanwhile. */
  isForwarded: boolean;
  /** The provider's answer. */
  answer: string;
}

/** A request that the gate holds. */
export interface Held {
  /** Resolves when it has come, and is held. */
  readonly reached: Promise<void>;
  /** Lets it go on. */
  readonly release: () => void;
}

interface Holding extends Held {
  readonly what: "request" | "answer";
  readonly reach: () => void;
  readonly released: Promise<void>;
}

/** Stands in front of a token endpoint: records requests, and holds one back where a test needs it. */
export class TokenGate {
  /** The refreshes so far, oldest first. */
  readonly requests: RefreshRequest[] = [];
  readonly #endpoint: string;
  readonly #server: Server;
  readonly #holdings = new Map<string, Holding>();

  readonly #lifetime: number | undefined;

  private constructor(endpoint: string, server: Server, lifetime: number | undefined) {
    this.#endpoint = endpoint;
    this.#server = server;
    this.#lifetime = lifetime;
  }

  /** @param lifetime - The `expires_in` of the answers, in seconds; by default the provider's. */
  static async start(endpoint: string, lifetime?: number): Promise<TokenGate> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const gate = new TokenGate(endpoint, server, lifetime);
    server.on("request", (request, response) => {
      gate.#pass(request, response).catch(() => response.destroy());
    });
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/token`;
  }

  /** The requests that were sent with a refresh token. */
  requestsWith(refreshToken: string): readonly RefreshRequest[] {
    return this.requests.filter((request) => request.refreshToken === refreshToken);
  }

  /** How many requests were sent with a refresh token that had been sent before. */
  get repeated(): number {
    return this.requests.length - new Set(this.requests.map((each) => each.refreshToken)).size;
  }

  /** Holds back the next request with a refresh token, or the provider's answer to it. */
  hold(refreshToken: string, what: Holding["what"]): Held {
    let [reach, release] = [(): void => undefined, (): void => undefined];
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    const holding = { what, reached, reach, released, release: () => release() };
    this.#holdings.set(refreshToken, holding);
    return holding;
  }

  async close(): Promise<void> {
    for (const { release } of this.#holdings.values()) release();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const refreshToken = new URLSearchParams(body).get("refresh_token");
    const record = {
      refreshToken: refreshToken ?? "",
      at: Date.now(),
      isForwarded: false,
      answer: "",
    };
    if (refreshToken !== null) this.requests.push(record);
    const holding = this.#holdings.get(record.refreshToken);
    this.#holdings.delete(record.refreshToken);
    if (holding?.what === "request") {
      holding.reach();
      await holding.released;
    }
    // Its sender was killed.
    if (response.destroyed) return;
    record.isForwarded = true;
    const answer = await this.#forward(request, body);
    record.answer = answer.body;
    if (holding?.what === "answer") {
      holding.reach();
      await holding.released;
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  async #forward(
    { headers }: IncomingMessage,
    body: string,
  ): Promise<{ status: number; headers: Record<string, string>; body: string }> {
    const names = ["accept", "authorization", "content-type"] as const;
    const sent = names.flatMap((name) =>
      headers[name] ? [[name, headers[name]] as [string, string]] : [],
    );
    const answer = await fetch(this.#endpoint, { method: "POST", headers: sent, body });
    const contentType = answer.headers.get("content-type") ?? "";
    return {
      status: answer.status,
      headers: { "content-type": contentType },
      body: this.#shorten(await answer.text()),
    };
  }

  #shorten(body: string): string {
    if (this.#lifetime === undefined) return body;
    return body.replace(/"expires_in":\d+/, `"expires_in":${this.#lifetime}`);
  }
}

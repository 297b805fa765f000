import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a loopback server received it. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** An answer of the server. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: unknown;
}

/** Answers a request; nothing is sent for "hang", and the connection is cut for "cut". */
export type Answering = (
  request: ReceivedRequest,
  response: ServerResponse,
) => Answer | "hang" | "cut" | undefined | Promise<Answer | "hang" | "cut" | undefined>;

/** A server on this machine that records its requests. */
export class LoopbackServer {
  readonly requests: ReceivedRequest[] = [];
  answer: Answering;
  readonly #server: Server;

  private constructor(server: Server, answer: Answering) {
    this.#server = server;
    this.answer = answer;
  }

  static async start(answer: Answering = () => ({ status: 404 })): Promise<LoopbackServer> {
    const server = createServer();
    const loopback = new LoopbackServer(server, answer);
    server.on("request", (request, response) => void loopback.#handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return loopback;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Requests whose path begins with a prefix. */
  received(prefix: string): ReceivedRequest[] {
    return this.requests.filter(({ url }) => url.startsWith(prefix));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const request: ReceivedRequest = {
      method: incoming.method ?? "",
      url: incoming.url ?? "",
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString(),
    };
    this.requests.push(request);
    const answer = await this.answer(request, response);
    if (answer === "hang" || answer === undefined) return;
    if (answer === "cut") {
      response.destroy();
      return;
    }
    respond(response, answer);
  }
}

function respond(response: ServerResponse, { status = 200, headers = {}, body }: Answer): void {
  const isRaw = body === undefined || typeof body === "string" || Buffer.isBuffer(body);
  const type = isRaw ? {} : { "content-type": "application/json" };
  response.writeHead(status, { ...type, ...headers });
  response.end(isRaw ? body : JSON.stringify(body));
}

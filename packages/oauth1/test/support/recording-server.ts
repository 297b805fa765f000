import { afterAll, beforeEach } from "@jest/globals";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { formPairs, parameterSources } from "./reference-signer.ts";
import { accept, type AcceptedRequest } from "./reference-verifier.ts";
import type { WireRequest } from "./wire-request.ts";

/** What a server answers; "cut" closes the connection instead. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

type Answering = (request: WireRequest, index: number) => Answer | "cut" | Promise<Answer | "cut">;

/** A server on this machine that records requests, for the second implementation to verify. */
export class RecordingServer {
  readonly requests: WireRequest[] = [];
  answer: Answering;
  readonly #server: Server;

  private constructor(server: Server, answer: Answering) {
    this.#server = server;
    this.answer = answer;
  }

  /** One server for a whole test file, which forgets between tests and is closed after them. */
  static async startForFile(): Promise<RecordingServer> {
    const recording = await RecordingServer.start();
    beforeEach(() => recording.begin());
    afterAll(() => recording.close());
    return recording;
  }

  static async start(answer: Answering = () => ({ body: "ok" })): Promise<RecordingServer> {
    const server = createServer();
    const recording = new RecordingServer(server, answer);
    server.on("request", (incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", async () => {
        const { method = "", url: target = "", rawHeaders } = incoming;
        const headers = rawHeaders.flatMap((name, at) =>
          at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ""] as const] : [],
        );
        const body = Buffer.concat(chunks);
        const request: WireRequest = { scheme: "http", method, target, headers, body };
        const answered = await recording.answer(request, recording.requests.push(request) - 1);
        if (answered === "cut") {
          incoming.socket.destroy();
          return;
        }
        response.writeHead(answered.status ?? 200, answered.headers).end(answered.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return recording;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The same server by another name, which is another origin. */
  get otherOrigin(): string {
    return this.origin.replace("127.0.0.1", "localhost");
  }

  /** Forgets the requests so far, and sets how the next ones are answered. */
  begin(answer: Answering = () => ({ body: "ok" })): void {
    this.requests.length = 0;
    this.answer = answer;
  }

  /** Each request as a server that checks signatures reads it; throws where a signature is not right. */
  accepted(secrets: { clientSecret: string; tokenSecret?: string }): AcceptedRequest[] {
    return this.requests.map((request) => accept(request, secrets));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** The OAuth parts of a request: names of parameters in every place, and the header. */
export function oauthIn(request: WireRequest): string[] {
  const { query, header, body } = parameterSources(request);
  return [...query, ...header, ...body, ...formPairs(request.body.toString("latin1"))]
    .map(([name]) => name.toString())
    .filter((name) => name.startsWith("oauth_"));
}

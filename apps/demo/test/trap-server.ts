import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on this machine that answers as a test wants. */
export interface TrapServer {
  readonly origin: string;
  /** The paths that were asked for. */
  readonly asked: string[];
  /** How it answers from now on. */
  answer: RequestListener;
  readonly stop: () => Promise<void>;
}

/** Starts a server that answers with 404 until it is told otherwise. */
export async function startTrapServer(host = "127.0.0.1"): Promise<TrapServer> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? "");
    trap.answer(request, response);
  });
  await once(server.listen(0, host), "listening");
  const trap: TrapServer = {
    origin: `http://${host.includes(":") ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    asked,
    answer: notFound,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return trap;
}

const notFound: RequestListener = (_request, response) => {
  response.writeHead(404).end();
};

/** Answers with JSON. */
export function json(body: unknown): RequestListener {
  return (_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
}

/** The metadata of an issuer. */
export function metadataOf(issuer: string, more: Record<string, unknown> = {}) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    scopes_supported: ["openid", "email", "orders:read"],
    ...more,
  };
}

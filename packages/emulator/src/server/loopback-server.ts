import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { HttpBindings } from "@hono/node-server";

/** Answers a web-standard request; the same shape as a Hono app's `fetch`. */
type RequestHandler = (request: Request, bindings: HttpBindings) => Response | Promise<Response>;

/** An HTTP server that only this machine can reach. */
export interface LoopbackServer {
  /** Scheme, host and port, for instance `http://127.0.0.1:41234`. */
  readonly origin: string;
  /** Resolves when `close` is called: what waits for ever on purpose waits for this. */
  readonly closing: Promise<void>;
  /** Sets what answers the requests. Requests that came earlier have waited for it. */
  serve(handler: RequestHandler): void;
  /** Ends the server and every open connection. */
  close(): Promise<void>;
}

// Never configurable: an emulator hands out tokens to whoever clicks, so nobody else may reach it.
const LOOPBACK = "127.0.0.1";

/** Opens a server on 127.0.0.1, on the given port or (0) a free one. */
export async function openLoopbackServer(port: number): Promise<LoopbackServer> {
  const server = createServer();
  await listen(server, port);
  const handler = deferred<Listener>();
  const closing = deferred<void>();
  server.on("request", (incoming, outgoing) => {
    void handler.promise.then((answer) => answer(incoming, outgoing));
  });
  return {
    origin: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`,
    closing: closing.promise,
    serve: (answer) => handler.resolve(listenerFor(answer)),
    close: () =>
      new Promise((resolve) => {
        closing.resolve();
        // The callback's error only says that the server was closed before, which is what was asked.
        server.close(() => resolve());
        // Keep-alive connections would hold `close` back, and the process with it.
        server.closeAllConnections();
      }),
  };
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

function listenerFor(answer: RequestHandler): Listener {
  return getRequestListener((request, bindings) => answer(request, bindings as HttpBindings), {
    // The default replaces the global Request and Response of the process under test.
    overrideGlobalObjects: false,
  });
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Port ${port} is in use. Give another "port", or 0 for a free one.`, {
              cause: error,
            })
          : error,
      );
    });
    server.listen(port, LOOPBACK, resolve);
  });
}

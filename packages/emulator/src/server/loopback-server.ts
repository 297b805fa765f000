import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { HttpBindings } from "@hono/node-server";

/** Handles a web-standard request, as the `fetch` of a Hono app does. */
type RequestHandler = (request: Request, bindings: HttpBindings) => Response | Promise<Response>;

/** An HTTP server on the loopback interface. */
export interface LoopbackServer {
  /** Scheme, host and port, for instance `http://127.0.0.1:41234`. */
  readonly origin: string;
  /** Resolves when `close` is called, for responses that are meant to hang. */
  readonly closing: Promise<void>;
  /** Sets the handler of all requests. Earlier requests wait until it is set. */
  serve(handler: RequestHandler): void;
  /** Closes the server and all connections. */
  close(): Promise<void>;
}

// Not configurable: an emulator gives tokens to anyone who clicks Allow, so no other machine may reach it.
const LOOPBACK = "127.0.0.1";

/** Opens a server on 127.0.0.1, on the given port, or on a free one for 0. */
export async function openLoopbackServer(port: number): Promise<LoopbackServer> {
  const server = createServer();
  await listen(server, port);
  const handler = deferred<Listener>();
  const closing = deferred<void>();
  server.on("request", (incoming, outgoing) => {
    void handler.promise.then((listener) => listener(incoming, outgoing));
  });
  return {
    origin: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`,
    closing: closing.promise,
    serve: (handle) => handler.resolve(listenerFor(handle)),
    close: () =>
      new Promise((resolve) => {
        closing.resolve();
        // The callback gets an error only if the server is already closed, which is no error here.
        server.close(() => resolve());
        // Keep-alive connections would delay `close`, and keep the process running.
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

function listenerFor(handle: RequestHandler): Listener {
  return getRequestListener((request, bindings) => handle(request, bindings as HttpBindings), {
    // By default, the listener replaces the global Request and Response of the process under test.
    overrideGlobalObjects: false,
  });
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new Error(
              `Port ${port} is in use. Set "port" to another one, or to 0 for a free one.`,
              {
                cause: error,
              },
            )
          : error,
      );
    });
    server.listen(port, LOOPBACK, resolve);
  });
}

/** `localhost`, 127.0.0.0/8 and `[::1]` exactly (RFC 8252 §7.3): a name below `localhost` is the resolver's to say. */
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether this is an http or https URL of this machine, without a fragment. */
export function isLoopbackUrl(uri: string): boolean {
  if (!URL.canParse(uri) || uri.includes("#")) return false;
  const { protocol, hostname } = new URL(uri);
  return /^https?:$/.test(protocol) && LOOPBACK_HOST.test(hostname);
}

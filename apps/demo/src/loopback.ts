import { once } from "node:events";
import { createServer, type Server } from "node:http";

/** The addresses of `localhost`: a browser chooses one of them. */
const ADDRESSES = ["127.0.0.1", "::1"];

/** Servers on every loopback address of this machine, on one port. */
export interface LoopbackServers {
  readonly port: number;
  readonly servers: readonly Server[];
}

/**
 * Listens on the port, or on the next one that is free on every loopback address: a program that holds one of them would get
 * callbacks with their codes.
 */
export async function listenOnLoopback(first: number): Promise<LoopbackServers> {
  for (let port = first; port < first + 20 && port <= 65_535; port += 1) {
    const servers = await listenOnAll(port);
    if (servers) return { port, servers };
  }
  throw new Error(`No port from ${first} to ${first + 19} is free. Set PORT to another one.`);
}

/** Listens on all addresses, or on none; an address that this machine does not have is left out. */
async function listenOnAll(port: number): Promise<readonly Server[] | undefined> {
  const servers: Server[] = [];
  for (const address of ADDRESSES) {
    const server = createServer();
    try {
      await once(server.listen({ port, host: address, ipv6Only: true }), "listening");
      servers.push(server);
    } catch (error) {
      if (isMissing(error)) continue;
      for (const open of servers) open.close();
      return undefined;
    }
  }
  return servers.length > 0 ? servers : undefined;
}

function isMissing(error: unknown): boolean {
  return ["EADDRNOTAVAIL", "EAFNOSUPPORT"].includes((error as NodeJS.ErrnoException).code ?? "");
}

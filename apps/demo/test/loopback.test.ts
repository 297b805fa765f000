import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, it } from "@jest/globals";
import { listenOnLoopback } from "../src/loopback.ts";

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

/** Another program that listens on an address; it has the port to itself. */
async function otherProgram(host: string): Promise<number> {
  const server = createServer((_, response) => response.end("other program"));
  open.push(server);
  await once(server.listen(0, host), "listening");
  return (server.address() as AddressInfo).port;
}

/** Starts the demo's servers, and returns their port. */
async function demoFrom(first: number): Promise<number> {
  const { port, servers } = await listenOnLoopback(first);
  for (const server of servers) {
    open.push(server);
    server.on("request", (_, response) => response.end("demo"));
  }
  return port;
}

const textAt = async (host: string, port: number): Promise<string> =>
  (await fetch(`http://${host}:${port}/callback`)).text();

describe("the demo's port", () => {
  it.each(["::1", "127.0.0.1", "::", "0.0.0.0"])(
    "is the next one if a program listens on %s",
    async (host) => {
      const taken = await otherProgram(host);
      const port = await demoFrom(taken);
      expect(port).toBeGreaterThan(taken);
      expect(await textAt("127.0.0.1", port)).toBe("demo");
      expect(await textAt("[::1]", port)).toBe("demo");
    },
  );

  it("cannot be opened by another program on either address", async () => {
    const port = await demoFrom(await otherProgram("::1"));
    for (const host of ["127.0.0.1", "::1"]) {
      const late = createServer();
      late.listen(port, host);
      const [error] = (await once(late, "error")) as [NodeJS.ErrnoException];
      expect(error.code).toBe("EADDRINUSE");
    }
  });

  it("is open on no other address of the machine", async () => {
    const port = await demoFrom(await otherProgram("::1"));
    const used = open.map((server) => (server.address() as AddressInfo).address);
    expect(used).toEqual(["::1", "127.0.0.1", "::1"]);
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, scopeid }) => !internal && !scopeid);
    for (const { address, family } of others) {
      const host = family === "IPv6" ? `[${address}]` : address;
      await expect(textAt(host, port)).rejects.toThrow();
    }
  });
});

import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";

/** A proxy in front of a server, which can lose the connection after a statement was done and before its answer. */
export class LosingProxy {
  /** How many answers were lost. */
  lost = 0;
  readonly #server = createServer((client) => this.#serve(client));
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #statement: string | undefined;

  private constructor(target: string) {
    this.#target = new URL(target);
  }

  static async start(target: string): Promise<LosingProxy> {
    const proxy = new LosingProxy(target);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  /** The server's address, through the proxy. */
  get url(): string {
    const url = new URL(this.#target);
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  /** Loses the answer to the next statement that has this text. */
  loseAnswerTo(statement: string): void {
    this.#statement = statement;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #serve(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    let isLosing = false;
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => other.destroy());
    }
    client.on("data", (chunk) => {
      if (this.#statement !== undefined && chunk.includes(this.#statement)) {
        this.#statement = undefined;
        isLosing = true;
      }
      server.write(chunk);
    });
    server.on("data", (chunk) => {
      // "ReadyForQuery": the statement's transaction has been committed.
      if (!isLosing) client.write(chunk);
      else if (chunk.includes("Z\u0000\u0000\u0000\u0005I")) {
        this.lost += 1;
        client.destroy();
      }
    });
  }
}

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP proxy before a server, which loses connections when a test wants that. */
export class Proxy {
  readonly port: number;
  /** The port that the next connections go to. */
  target: number;
  /** Keeps the connections open, and lets nothing pass. */
  isSilent = false;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #close: () => void;
  #cut: { readonly text: string; readonly done: () => void } | undefined;

  private constructor(port: number, target: number, close: () => void) {
    this.port = port;
    this.target = target;
    this.#close = close;
  }

  static async start(target: number): Promise<Proxy> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const proxy = new Proxy(port, target, () => server.close());
    server.on("connection", (socket) => proxy.#join(socket));
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Loses the connection on which a command with this text is sent: the server gets it, its answer is dropped. */
  dropAnswerTo(text: string): Promise<void> {
    return new Promise((done) => (this.#cut = { text, done }));
  }

  /** Loses all connections. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#close();
  }

  #join(client: Socket): void {
    const server = connect(this.target, "127.0.0.1");
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    let cut: (() => void) | undefined;
    client.on("data", (chunk) => {
      if (this.isSilent) return;
      if (this.#cut && chunk.includes(this.#cut.text)) {
        cut = this.#cut.done;
        this.#cut = undefined;
      }
      server.write(chunk);
    });
    server.on("data", (chunk) => {
      if (this.isSilent) return;
      if (cut) {
        for (const socket of pair) socket.destroy();
        cut();
      } else client.write(chunk);
    });
    for (const socket of pair) {
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.#pairs.delete(pair);
        for (const each of pair) each.destroy();
      });
    }
  }
}

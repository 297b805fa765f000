import { type KeyQuery, MemoryTokenStore } from "@grantkit/core";
import { LoopbackServer } from "./loopback-server.ts";

/** The database of a token store that several processes share: records, and leases that end by themselves. */
export class StoreServer {
  readonly server: LoopbackServer;
  /** Whether a lease ends by itself. */
  leasesEnd = true;
  /** The milliseconds of every lease that was asked for. */
  readonly asked: number[] = [];
  readonly #records = new MemoryTokenStore();
  readonly #leases = new Map<string, { readonly owner: string; until: number }>();

  private constructor(server: LoopbackServer) {
    this.server = server;
    server.answer = async ({ body }) => {
      const [name, ...given] = JSON.parse(body) as [string, ...string[]];
      return { body: { value: await this.#run(name, given) } };
    };
  }

  static async start(): Promise<StoreServer> {
    return new StoreServer(await LoopbackServer.start());
  }

  close(): Promise<void> {
    return this.server.close();
  }

  #run(name: string, [key = "", ...given]: readonly string[]): unknown {
    if (name === "get") return this.#records.get(key);
    if (name === "keys") return this.#records.keys(JSON.parse(key) as KeyQuery);
    if (name === "delete") return this.#records.delete(key, given[0] ?? undefined);
    if (name !== "set") {
      const [, holdMs] = given;
      if (holdMs !== undefined) this.asked.push(Number(holdMs));
      return this.#runWithLease(name, key, given);
    }
    const [expected, record] = given as [string | null, string];
    return this.#records.compareAndSet(key, expected ?? undefined, JSON.parse(record) as never);
  }

  #runWithLease(name: string, key: string, [owner = "", holdMs]: readonly string[]): boolean {
    const lease = this.#leases.get(key);
    const isLive = lease !== undefined && (!this.leasesEnd || Date.now() < lease.until);
    const isHeld = isLive && lease.owner === owner;
    if (name === "release" && isHeld) this.#leases.delete(key);
    const takes = (name === "acquire" && !isLive) || (name === "extend" && isHeld);
    if (takes) this.#leases.set(key, { owner, until: Date.now() + Number(holdMs) });
    return isHeld || takes;
  }
}

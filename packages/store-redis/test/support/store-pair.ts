import { RedisTokenStore, type RedisTokenStoreOptions } from "@grantkit/store-redis";
import type { OpenClient } from "./clients.ts";

/** Two ways to the same records, for the conformance cases: each has one client, which is opened when it is needed. */
export class StorePair {
  readonly #open: () => Promise<OpenClient>;
  readonly #options: Omit<RedisTokenStoreOptions, "client">;
  readonly #opening = new Map<string, Promise<OpenClient>>();

  constructor(
    open: () => Promise<OpenClient>,
    options: Omit<RedisTokenStoreOptions, "client"> = {},
  ) {
    this.#open = open;
    this.#options = { mayLoseTokens: true, ...options };
  }

  readonly makeStore = (): Promise<RedisTokenStore> => this.#store("store");
  readonly peerOf = (): Promise<RedisTokenStore> => this.#store("peer");

  async close(): Promise<void> {
    for (const opening of this.#opening.values()) await (await opening).close();
  }

  async #store(way: string): Promise<RedisTokenStore> {
    const opening = this.#opening.get(way) ?? this.#open();
    this.#opening.set(way, opening);
    return new RedisTokenStore({ client: (await opening).client, ...this.#options });
  }
}

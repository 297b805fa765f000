import { startRedis, type TestServer } from "@grantkit/store-faults";
import { RedisTokenStore, type RedisTokenStoreOptions } from "@grantkit/store-redis";
import { DRIVERS, type OpenClient } from "./clients.ts";
import { Proxy } from "./proxy.ts";

/** What a test has started, to be ended after it. */
export class Started {
  readonly #ends: (() => unknown)[] = [];

  async keep<T>(starting: Promise<T>, end: (started: T) => unknown): Promise<T> {
    const started = await starting;
    this.#ends.push(() => end(started));
    return started;
  }

  redis(options: Parameters<typeof startRedis>[0] = {}): Promise<TestServer> {
    return this.keep(startRedis(options), (server) => server.stop());
  }

  proxy(port: number): Promise<Proxy> {
    return this.keep(Proxy.start(port), (proxy) => proxy.close());
  }

  client(opening: Promise<OpenClient>): Promise<OpenClient> {
    return this.keep(opening, ({ close }) => close());
  }

  /** Opens a store with a driver. */
  async store(
    url: string,
    driver: string,
    options: Omit<RedisTokenStoreOptions, "client"> = {},
  ): Promise<RedisTokenStore> {
    const open = DRIVERS[driver];
    if (!open) throw new Error(`There is no driver ${driver}.`);
    const { client } = await this.client(open(url));
    return new RedisTokenStore({ client, ...options });
  }

  async end(): Promise<void> {
    for (const end of this.#ends.splice(0).toReversed()) await end();
  }
}

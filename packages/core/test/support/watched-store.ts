import { MemoryTokenStore, type TokenRecord } from "@grantkit/core";

/** A store in memory that counts its calls, and calls back before and after reads and writes. */
export class WatchedStore extends MemoryTokenStore {
  gets = 0;
  locks = 0;
  /** The access tokens that were written. */
  readonly written: string[] = [];
  /** Runs before a record is read. */
  beforeGet: () => void | Promise<void> = () => undefined;
  /** Runs before a record is written. */
  beforeSet: () => void | Promise<void> = () => undefined;
  /** Runs after a record was written, before the write resolves. */
  afterSet: () => void | Promise<void> = () => undefined;

  override async get(key: string) {
    this.gets += 1;
    await this.beforeGet();
    return super.get(key);
  }

  override async compareAndSet(key: string, expected: string | undefined, next: TokenRecord) {
    await this.beforeSet();
    const version = await super.compareAndSet(key, expected, next);
    if (version !== undefined) this.written.push(next.accessToken);
    await this.afterSet();
    return version;
  }

  override withLock: MemoryTokenStore["withLock"] = (key, limits, work) => {
    this.locks += 1;
    return super.withLock(key, limits, work);
  };

  /** The access token that is stored. */
  async accessToken(key: string): Promise<string | undefined> {
    return (await super.get(key))?.token.accessToken;
  }

  /** Overwrites the record as another process would; undefined deletes it. */
  async put(key: string, token: TokenRecord | undefined): Promise<void> {
    const found = await super.get(key);
    if (token) await super.compareAndSet(key, found?.version, token);
    else await super.delete(key);
  }
}

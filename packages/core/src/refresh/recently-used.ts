/** How firmly a value is held when room is needed. */
export type Hold = "evictable" | "evictLast" | "pinned";

/** Values by key, at most so many: what was used longest ago goes first. */
export class RecentlyUsed<Value> {
  readonly #values = new Map<string, Value>();
  readonly #most: number;
  readonly #holdOf: (value: Value) => Hold;

  /**
   * @param most - How many are kept; more only while all of them are held firmly.
   * @param holdOf - A "evictLast" one goes when there is no free one, a "pinned" one never.
   */
  constructor(most: number, holdOf: (value: Value) => Hold) {
    this.#most = most;
    this.#holdOf = holdOf;
  }

  /** Looks, and counts as no use. */
  peek(key: string): Value | undefined {
    return this.#values.get(key);
  }

  /** The value of a key, made if there is none. */
  use(key: string, make: () => Value): Value {
    const value = this.#values.get(key) ?? make();
    // Re-inserted, so that the map's first is the one that was used longest ago.
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#most) this.#forgetOldest();
    return value;
  }

  delete(key: string): void {
    this.#values.delete(key);
  }

  #forgetOldest(): void {
    let oldest: string | undefined;
    for (const [key, value] of this.#values) {
      const hold = this.#holdOf(value);
      if (hold === "pinned") continue;
      oldest ??= key;
      if (hold === "evictLast") continue;
      oldest = key;
      break;
    }
    if (oldest !== undefined) this.#values.delete(oldest);
  }
}

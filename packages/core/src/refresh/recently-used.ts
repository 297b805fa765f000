/** Whether a value may be evicted when room is needed: freely, after all others, or never. */
export type Hold = "evictable" | "evictLast" | "pinned";

/** A map of limited size that evicts the least recently used value. */
export class RecentlyUsed<Value> {
  readonly #values = new Map<string, Value>();
  readonly #most: number;
  readonly #holdOf: (value: Value) => Hold;

  /**
   * @param most - How many values are kept; more only while all of them are pinned.
   * @param holdOf - Whether a value may be evicted: an `"evictLast"` one only when no other is evictable.
   */
  constructor(most: number, holdOf: (value: Value) => Hold) {
    this.#most = most;
    this.#holdOf = holdOf;
  }

  /** Returns the value of a key without counting as a use. */
  peek(key: string): Value | undefined {
    return this.#values.get(key);
  }

  /** Returns the value of a key, and makes it if there is none. */
  use(key: string, make: () => Value): Value {
    const value = this.#values.get(key) ?? make();
    // Inserted anew, so that the map's first entry is the least recently used.
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

/** How firmly a value is held when room is needed. */
export type Hold = "evictable" | "evictLast" | "pinned";

/** Holds a limited number of values by key; the least recently used goes first. */
export class RecentlyUsed<Value> {
  readonly #values = new Map<string, Value>();
  readonly #most: number;
  readonly #holdOf: (value: Value) => Hold;

  /**
   * @param most - How many are kept; more only while all of them are pinned.
   * @param holdOf - How firmly a value is held: `evictLast` goes when nothing is `evictable`, `pinned` never goes.
   */
  constructor(most: number, holdOf: (value: Value) => Hold = () => "evictable") {
    this.#most = most;
    this.#holdOf = holdOf;
  }

  /** Gives the value of a key without counting as a use. */
  peek(key: string): Value | undefined {
    return this.#values.get(key);
  }

  /** Gives the value of a key, made if there is none. */
  use(key: string, make: () => Value): Value {
    return this.set(key, this.#values.get(key) ?? make());
  }

  /** Sets the value of a key. */
  set(key: string, value: Value): Value {
    // Re-inserted, so that the map's first is the one that was used longest ago.
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#most) this.#forgetOldest();
    return value;
  }

  /** Removes a key and its value. */
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

import type { TokenStore } from "@grantkit/core";

/** A token store that counts the calls of its methods, whichever they are. */
export interface CountedStore {
  readonly store: TokenStore;
  readonly accesses: () => number;
}

/** Counts what a store is asked. */
export function counted(store: TokenStore): CountedStore {
  let accesses = 0;
  const counting = new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== "function") return method;
      return (...given: readonly unknown[]): unknown => {
        accesses += 1;
        return Reflect.apply(method, target, given);
      };
    },
  });
  return { store: counting, accesses: () => accesses };
}

import { encrypted } from "@grantkit/core";
import { file, memory, sqlite } from "./local-stores.ts";
import { postgres, redis } from "./server-stores.ts";
import type { StoreKind, StorePlace } from "./store-kind.ts";

const PLAIN: readonly StoreKind[] = [memory, file, sqlite, redis, postgres];

/** All kinds, each also encrypted. */
export const STORES: readonly StoreKind[] = PLAIN.flatMap((kind) => [kind, encryptedKind(kind)]);

function encryptedKind(kind: StoreKind): StoreKind {
  // The same for all processes of a run.
  const keys = { id: "benchmarks", key: new Uint8Array(32).fill(13) };
  return {
    ...kind,
    name: `encrypted ${kind.name}`,
    async open(at) {
      const opened = await kind.open(at);
      return { ...opened, store: encrypted(opened.store, { keys }) };
    },
  };
}

/** The places that the machine has, started. */
interface StartedPlaces {
  /** Where each is, by its name. */
  readonly servers: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts the places of all stores that the machine has. */
export async function startPlaces(): Promise<StartedPlaces> {
  const places = new Map<string, StorePlace>();
  for (const kind of PLAIN) {
    const place = await kind.start();
    if (place) places.set(kind.place, place);
  }
  return {
    servers: Object.fromEntries([...places].map(([name, { at }]) => [name, at])),
    async stop() {
      for (const place of places.values()) await place.stop();
    },
  };
}

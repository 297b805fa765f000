import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryTokenStore, type TokenStore } from "@grantkit/core";
import { FileTokenStore } from "@grantkit/store-file";

/** A token store of this process, and the driver below it. */
export interface OpenStore {
  readonly store: TokenStore;
  /** Keeps a text by the driver alone, where {@link OpenStore.read} finds it. */
  write(text: string): Promise<unknown>;
  /** Reads that text in one round trip, as an app without a token store does. */
  read(): Promise<string>;
  close(): Promise<void>;
}

/** Where the records of a store are, for example a folder or the URL of a server. */
interface StorePlace {
  readonly at: string;
  stop(): Promise<void>;
}

/** A kind of token store: one entry of the tables. */
export interface StoreKind {
  readonly name: string;
  /** Whether the processes of an app can share it. */
  readonly isShared: boolean;
  /** Makes the place; undefined where the machine does not have the server. */
  start(): Promise<StorePlace | undefined>;
  open(at: string): Promise<OpenStore>;
}

const memory: StoreKind = {
  name: "memory",
  isShared: false,
  start: () => Promise.resolve({ at: "", stop: () => Promise.resolve() }),
  open() {
    const store = new MemoryTokenStore();
    const texts = new Map<string, string>();
    return Promise.resolve({
      store,
      write: (text) => Promise.resolve(texts.set("text", text)),
      read: () => Promise.resolve(texts.get("text") ?? ""),
      close: () => store.close(),
    });
  },
};

const file: StoreKind = {
  name: "file",
  isShared: true,
  start: startFolder,
  open(at) {
    const store = new FileTokenStore({ directory: join(at, "tokens") });
    const path = join(at, "text.json");
    return Promise.resolve({
      store,
      write: (text) => writeFile(path, text),
      read: () => readFile(path, "utf8"),
      close: () => store.close(),
    });
  },
};

async function startFolder(): Promise<StorePlace> {
  const at = await mkdtemp(join(tmpdir(), "grantkit-benchmarks-"));
  return { at, stop: () => rm(at, { recursive: true, force: true }) };
}

/** All kinds. */
export const STORES: readonly StoreKind[] = [memory, file];

/** The stores that the machine has, started. */
interface StartedStores {
  /** Where each is, by name. */
  readonly servers: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts all stores that the machine has; says on stderr which it does not have. */
export async function startStores(): Promise<StartedStores> {
  const places = new Map<string, StorePlace>();
  for (const kind of STORES) {
    const place = await kind.start();
    if (place) places.set(kind.name, place);
    else process.stderr.write(`The store ${kind.name} is not measured: no server is installed.\n`);
  }
  return {
    servers: Object.fromEntries([...places].map(([name, { at }]) => [name, at])),
    async stop() {
      for (const place of places.values()) await place.stop();
    },
  };
}

import type { TokenStore } from "@grantkit/core";

/** A token store of this process, and the driver below it. */
export interface OpenStore {
  readonly store: TokenStore;
  /** Keeps a text by the driver alone, where {@link OpenStore.read} finds it. */
  write(text: string): Promise<unknown>;
  /** Reads that text in one round trip, as an app without a token store does. */
  read(): Promise<string>;
  close(): Promise<unknown>;
}

/** Where the records of a store are, for example a folder or the URL of a server. */
export interface StorePlace {
  readonly at: string;
  stop(): Promise<void>;
}

/** A kind of token store: one entry of the tables. */
export interface StoreKind {
  readonly name: string;
  /** The name of its place, which several kinds may share. */
  readonly place: string;
  /** Whether the processes of an app can share it. */
  readonly isShared: boolean;
  /** Makes the place; undefined where the machine does not have the server. */
  start(): Promise<StorePlace | undefined>;
  open(at: string): Promise<OpenStore>;
}

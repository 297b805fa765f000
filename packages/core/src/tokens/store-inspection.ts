/** What can be wrong with a token store's set-up. */
export type StoreFindingCode =
  | "CHECK_FAILED"
  | "CLOCK_APART"
  | "EVICTION"
  | "LEASE_TOO_SHORT"
  | "NO_PERSISTENCE"
  | "NOT_ON_LOCAL_DISK"
  | "READABLE_BY_OTHERS"
  | "READ_FROM_REPLICA"
  | "RECORD_UNREADABLE"
  | "SLOW";

/** Something that is wrong with a token store's set-up. */
export interface StoreFinding {
  /** What it is, to switch on. */
  readonly code: StoreFindingCode;
  /** What is wrong and what to do, without a secret. */
  readonly message: string;
  /** Whether users can be signed out by it, or their tokens be read by others. */
  readonly losesTokens: boolean;
}

/** What a token store tells of the server or the disk behind it. */
export interface StoreInspection {
  /** The time of the server behind the store, in milliseconds since the epoch, when it answered. */
  readonly now?: number | undefined;
  /** What the store found. */
  readonly findings: readonly StoreFinding[];
}

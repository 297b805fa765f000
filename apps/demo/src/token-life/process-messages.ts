import type { OAuth2ClientOptions } from "@grantkit/core";
import type { Exchange } from "../exchanges/exchange-log.ts";

/** What the second process gets, as a line of JSON. */
export interface ProcessTask {
  /** The package and the class of the client. */
  readonly module: string;
  readonly className: string;
  readonly options: OAuth2ClientOptions;
  /** The folder of the store, and the record's key. */
  readonly directory: string;
  readonly key: string;
  readonly url: string;
}

/** What the second process answers at its end, as a line of JSON. */
export interface ProcessReport {
  readonly exchanges: readonly Exchange[];
  /** How often `onTokenUpdate` was called. */
  readonly told: number;
  /** The end of its access token, to compare it. */
  readonly tokenEnd: string;
  /** Why it failed. */
  readonly failure?: string;
}

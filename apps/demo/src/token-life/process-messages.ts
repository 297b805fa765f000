import type { Exchange } from "../exchanges/exchange-log.ts";
import type { RequestCounts } from "./sent-by.ts";
import type { ClientRecipe } from "../targets/client-recipe.ts";

/** What the second process gets, as a line of JSON: secrets and keys too, which no command line and no file has. */
export interface ProcessTask {
  readonly recipe: ClientRecipe;
  /** What the person typed in, as a form. */
  readonly form: string;
  /** The folder of the store, and the record's key. */
  readonly directory: string;
  readonly key: string;
  readonly url: string;
}

/** What the second process did. */
interface ProcessResult extends RequestCounts {
  readonly exchanges: readonly Exchange[];
  /** How often `onTokenUpdate` was called. */
  readonly told: number;
  /** The end of its access token, to compare it. */
  readonly tokenEnd: string;
}

/** What the second process answers at its end, as a line of JSON: what it did, or why it failed. */
export type ProcessReport = ProcessResult | { readonly failure: string };

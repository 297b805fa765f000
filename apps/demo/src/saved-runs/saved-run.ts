import type { Exchange } from "../exchanges/exchange-log.ts";
import type { RunError } from "../runs/run-error.ts";

/** Where an export is opened; its form is larger than any other. */
export const SAVED_RUNS_PATH = "/saved-runs";

/** What an export begins with, so that it is recognized. */
export const EXPORT_FORMAT = "grantkit-playground-1";

/** A run that was read from an export, without its secrets. */
export interface SavedRun {
  /** Its place in the file, from 1. */
  readonly id: number;
  readonly target: { readonly title: string };
  readonly flow: { readonly title: string };
  readonly heading: string;
  /** What the person typed in. */
  readonly values: Readonly<Record<string, string>>;
  /** The fault that was chosen. */
  readonly fault: string | undefined;
  readonly outcome: { readonly text: string | undefined; readonly data: unknown } | undefined;
  readonly error: RunError | undefined;
  readonly exchanges: readonly Exchange[];
}

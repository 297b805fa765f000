import { microsecondsEach } from "./batch.ts";
import type { Figures, Side } from "./interleaved.ts";
import { type Aim, comparisonRow, type Row } from "./table.ts";

/** One way to do an operation; it throws if the result is wrong. */
export interface Way {
  readonly name: string;
  readonly operation: () => Promise<void>;
}

/** Operations of one batch, and how many of them run at once. */
export interface Batch {
  readonly count: number;
  readonly concurrency: number;
}

/** A side whose figure is operations per second. */
export function rateSide({ name, operation }: Way, { count, concurrency }: Batch): Side {
  return {
    name,
    batch: async () => 1e6 / (await microsecondsEach(count, concurrency, operation)),
  };
}

/** A row that compares operations per second. */
export function rateRow(
  benchmark: string,
  figures: ReadonlyMap<string, Figures>,
  ours: Pick<Side, "name">,
  peer: Pick<Side, "name">,
  aim?: Aim,
): Row {
  return comparisonRow({
    benchmark: `${benchmark}: ${ours.name} / ${peer.name}`,
    ours: figures.get(ours.name) ?? [],
    peer: figures.get(peer.name) ?? [],
    format: perSecond,
    ...(aim && { aim }),
  });
}

/** Operations per second, in thousands where there are. */
export function perSecond(figure: number): string {
  return figure < 2000 ? `${figure.toFixed(0)}/s` : `${(figure / 1000).toFixed(1)}k/s`;
}

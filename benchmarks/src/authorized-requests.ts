import { interleaved, type Side } from "./interleaved.ts";
import { microsecondsEach } from "./batch.ts";
import { checkUser } from "./provider-data.ts";
import { type Aim, comparisonRow, type Row } from "./table.ts";

/** One way of asking for the user. */
export interface Way {
  readonly name: string;
  readonly get: () => Promise<{ readonly status: number; readonly data: unknown }>;
}

/** Two ways that make a row. */
export interface Pair {
  readonly ours: Way;
  readonly peer: Way;
  readonly aim?: Aim;
}

/** Enough requests to fill the pipe, few enough for all ways to see the same weather. */
const BATCHES = [
  { concurrency: 1, count: 300 },
  { concurrency: 64, count: 512 },
];

/** Compares ways of making the same request, one at a time and many at once. */
export async function compareRequests(pairs: readonly Pair[]): Promise<Row[]> {
  const ways = new Set(pairs.flatMap(({ ours, peer }) => [ours, peer]));
  const rows: Row[] = [];
  for (const { concurrency, count } of BATCHES) {
    const sides = [...ways].map((way) => sideOf(way, concurrency, count));
    const figures = await interleaved(sides, { warmUp: 10, rounds: 100 });
    for (const { ours, peer, aim } of pairs) {
      rows.push(
        comparisonRow({
          benchmark: `GET, ${concurrency} at a time: ${ours.name} / ${peer.name}`,
          ours: figures.get(ours.name) ?? [],
          peer: figures.get(peer.name) ?? [],
          format: (figure) => `${figure.toFixed(0)} µs`,
          ...(aim && { aim }),
        }),
      );
    }
  }
  return rows;
}

function sideOf({ name, get }: Way, concurrency: number, count: number): Side {
  return {
    name,
    batch: () =>
      microsecondsEach(count, concurrency, async () => {
        const { status, data } = await get();
        checkUser(status, data);
      }),
  };
}

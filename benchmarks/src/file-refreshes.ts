import { interleaved, type Side } from "./interleaved.ts";
import { RotatingProvider } from "./rotating-provider.ts";
import { atproto } from "./shared-atproto.ts";
import { RacingProcesses } from "./shared-race.ts";
import { stored } from "./shared-stored.ts";
import type { SharedWay } from "./shared-way.ts";
import { ATPROTO } from "./shared-ways.ts";
import { file } from "./local-stores.ts";
import { comparisonRow, type Row } from "./table.ts";

const PROCESSES = [1, 7];
const LENGTH = { warmUp: 2, rounds: 15 };

/** The time until each process has its answer when all of them find one token expired. The token endpoint takes 50 ms. */
export async function fileRefreshes(): Promise<Row[]> {
  const provider = await RotatingProvider.start();
  const place = await file.start();
  const rows: Row[] = [];
  try {
    for (const count of PROCESSES) {
      const processes = RacingProcesses.start(count);
      const side = (name: string, way: SharedWay): Side => ({
        name,
        async batch() {
          const servers = { [file.place]: place?.at ?? "" };
          const race = { provider, servers, callersEach: 1, believedLifetime: -60_000, spread: 0 };
          const { served, milliseconds, errors } = await processes.race(name, way, race);
          if (served !== count) throw new Error(`${name}: ${served} served; ${errors.join("; ")}`);
          return milliseconds;
        },
      });
      const sides = { ours: side(file.name, stored(file)), peer: side(ATPROTO, atproto) };
      const figures = await interleaved(Object.values(sides), LENGTH);
      rows.push(
        comparisonRow({
          benchmark: `one expired token, ${count} ${count === 1 ? "process" : "processes"}: Grantkit, file / ${ATPROTO}`,
          ours: figures.get(sides.ours.name) ?? [],
          peer: figures.get(sides.peer.name) ?? [],
          format: (figure) => `${figure.toFixed(0)} ms`,
        }),
      );
      processes.close();
    }
  } finally {
    provider.close();
    await place?.stop();
  }
  return rows;
}

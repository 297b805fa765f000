import { RotatingProvider } from "./rotating-provider.ts";
import { RacingProcesses, type SharedOutcome } from "./shared-race.ts";
import type { SharedWay } from "./shared-way.ts";
import { OURS, PEERS } from "./shared-ways.ts";
import { startPlaces } from "./stores.ts";
import type { Row } from "./table.ts";

const ROUNDS = 10;
const CALLERS_EACH = 10;
const PROCESSES = [1, 4];

/** When the callers come, and what the app believes of the token. */
const KINDS = [
  { kind: "expired", believedLifetime: -60_000, spread: 0 },
  // The provider has ended the token early: the app learns it from a 401, while others are under way.
  { kind: "staggered 401s", believedLifetime: 3_600_000, spread: 200 },
] as const;

/** Requests of one user in one and in several processes that share a token, which all need a new one at once. */
export async function sharedRaces(): Promise<Row[]> {
  const provider = await RotatingProvider.start();
  const places = await startPlaces();
  const { servers } = places;
  const rows: Row[] = [];
  try {
    for (const [name, way] of Object.entries({ ...OURS, ...PEERS })) {
      if (isAble(way, servers)) await assertWorks(name, way, { provider, servers });
    }
    for (const count of PROCESSES) {
      const processes = RacingProcesses.start(count);
      try {
        for (const { kind, ...when } of KINDS) {
          const race = { provider, servers, callersEach: CALLERS_EACH, ...when };
          const title = `${count} × ${CALLERS_EACH} callers, ${kind}`;
          for (const [name, way] of Object.entries({ ...OURS, ...PEERS })) {
            if (!isAble(way, servers) || (when.believedLifetime > 0 && !way.heeds401)) continue;
            const outcomes: SharedOutcome[] = [];
            for (let round = 0; round < ROUNDS; round += 1) {
              outcomes.push(await processes.race(name, way, race));
            }
            rows.push(rowOf(title, name, outcomes, count * CALLERS_EACH));
          }
        }
      } finally {
        processes.close();
      }
    }
  } finally {
    provider.close();
    await places.stop();
  }
  return rows;
}

type Servers = Readonly<Record<string, string>>;

function isAble({ server }: SharedWay, servers: Servers): boolean {
  return server === undefined || servers[server] !== undefined;
}

/** One caller alone is served by one refresh: otherwise a peer is set up wrongly, and its row would say nothing. */
async function assertWorks(
  name: string,
  way: SharedWay,
  where: { readonly provider: RotatingProvider; readonly servers: Servers },
): Promise<void> {
  const alone = RacingProcesses.start(1);
  try {
    const race = { ...where, callersEach: 1, believedLifetime: -60_000, spread: 0 };
    const { hits, served, errors } = await alone.race(name, way, race);
    if (hits !== 1 || served !== 1) {
      throw new Error(
        `${name} does not work: ${hits} hits, ${served} served; ${errors.join("; ")}`,
      );
    }
  } finally {
    alone.close();
  }
}

function rowOf(
  title: string,
  name: string,
  outcomes: readonly SharedOutcome[],
  callers: number,
): Row {
  const hits = range(outcomes.map((outcome) => outcome.hits));
  const served = range(outcomes.map((outcome) => outcome.served));
  const revoked = outcomes.filter(({ isRevoked }) => isRevoked).length;
  const outcome = `${hits} (${served}), ${revoked} of ${outcomes.length}`;
  const isOurs = name in OURS;
  return {
    benchmark: `${title}, ${isOurs ? "Grantkit, " : ""}${name}: hits (served), revoked`,
    ours: isOurs ? outcome : "–",
    peer: isOurs ? "–" : outcome,
    ratio: "–",
    spread: "–",
    aim: isOurs ? `1 (${callers}), 0` : "–",
    met: isOurs ? hits === "1" && served === String(callers) && revoked === 0 : undefined,
  };
}

/** The lowest and the highest, or the one that all are. */
function range(figures: readonly number[]): string {
  const [lowest, highest] = [Math.min(...figures), Math.max(...figures)];
  return lowest === highest ? String(lowest) : `${lowest}–${highest}`;
}

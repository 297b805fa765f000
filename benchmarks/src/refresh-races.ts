import { setTimeout as after } from "node:timers/promises";
import { type Arrangement, OURS, PEERS } from "./refresh-callers.ts";
import { RotatingProvider } from "./rotating-provider.ts";
import type { Row } from "./table.ts";

const CALLERS = [100, 1000];

/** When the callers come, and what their client believes of the token. */
const KINDS = [
  { kind: "expired", believedLifetime: -1000, spread: 0 },
  // The provider has ended the token early: the client learns it from a 401, while others are under way.
  { kind: "staggered 401s", believedLifetime: 3_600_000, spread: 200 },
] as const;

/** Callers that all need a new token at once: requests that the token endpoint sees, and callers that are served. */
export async function refreshRaces(): Promise<Row[]> {
  const provider = await RotatingProvider.start();
  const rows: Row[] = [];
  try {
    for (const callers of CALLERS) {
      for (const { kind, believedLifetime, spread } of KINDS) {
        for (const [how, ours] of Object.entries(OURS)) {
          const race = { provider, callers, believedLifetime, spread };
          const own = await outcomeOf(race, ours);
          const benchmark = `${callers} callers, ${kind}, ${how}: hits (served)`;
          rows.push({
            ...rowOf(benchmark, own, "–"),
            aim: `1 (${callers})`,
            met: own.hits === 1 && own.served === callers,
          });
          for (const [name, ways] of Object.entries(PEERS)) {
            const way = ways[how];
            // simple-oauth2 has no reaction to a 401, and a peer without a store has nothing to share one by.
            const able = way !== undefined && !(name === "simple-oauth2" && spread > 0);
            if (!able) continue;
            const peer = await outcomeOf(race, way);
            rows.push(rowOf(`… ${name}`, own, `${peer.hits} (${peer.served})`));
          }
        }
      }
    }
  } finally {
    provider.close();
  }
  return rows;
}

interface Race {
  readonly provider: RotatingProvider;
  readonly callers: number;
  readonly believedLifetime: number;
  readonly spread: number;
}

interface Outcome {
  readonly hits: number;
  readonly served: number;
}

async function outcomeOf(
  { provider, callers, believedLifetime, spread }: Race,
  arrange: Arrangement,
): Promise<Outcome> {
  const stored = provider.signIn();
  const expiresAt = Date.now() + believedLifetime;
  const calls = await arrange({ provider, stored, expiresAt, callers });
  const answers = await Promise.all(
    calls.map(async (call, index) => {
      if (spread > 0) await after((index * spread) / callers);
      return call();
    }),
  );
  return { hits: provider.hits, served: answers.filter(Boolean).length };
}

function rowOf(benchmark: string, { hits, served }: Outcome, peer: string): Row {
  const nothing = "–";
  return {
    benchmark,
    ours: `${hits} (${served})`,
    peer,
    ratio: nothing,
    spread: nothing,
    aim: nothing,
    met: undefined,
  };
}

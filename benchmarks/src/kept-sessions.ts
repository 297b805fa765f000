import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Figures, interleaved, type Side } from "./interleaved.ts";
import { type Aim, figureRow, type Row } from "./table.ts";

const SESSIONS = 100_000;
const LENGTH = { warmUp: 3, rounds: 15 };

/** A way of making a session, as a server does for each request that it serves. */
export interface Making<Session> {
  /** Short, for the table. */
  readonly name: string;
  readonly make: () => Session;
  /** Whether it is the session that was to be made. */
  readonly isRight: (session: Session) => boolean;
  readonly aims?: { readonly time: Aim; readonly bytes: Aim };
}

/** What a session costs in time and in memory, for each of 100,000 that are all kept. */
export async function keptSessions<Session>(makings: readonly Making<Session>[]): Promise<Row[]> {
  const measurements = makings.map((making) => ({ making, ...measured(making) }));
  const times = await interleaved(
    measurements.map(({ side }) => side),
    LENGTH,
  );
  return measurements.flatMap(({ making, bytes }) =>
    rowsOf(making, times.get(making.name) ?? [], bytes.slice(-LENGTH.rounds)),
  );
}

function rowsOf(
  { name, aims }: Omit<Making<never>, "make" | "isRight">,
  times: Figures,
  bytes: Figures,
): Row[] {
  const time = {
    benchmark: `${name}: time for each of 100,000`,
    ours: times,
    format: (figure: number) => `${figure.toFixed(0)} ns`,
    ...(aims && { aim: aims.time }),
  };
  const memory = {
    benchmark: `${name}: memory for each of 100,000`,
    ours: bytes,
    format: (figure: number) => `${figure.toFixed(0)} B`,
    ...(aims && { aim: aims.bytes }),
  };
  return [figureRow(time), figureRow(memory)];
}

/** A side whose figure is the time, and which notes the memory beside it. */
interface Measured {
  readonly side: Side;
  readonly bytes: number[];
}

function measured<Session>({ name, make, isRight }: Making<Session>): Measured {
  const bytes: number[] = [];
  const batch = (): Promise<number> => {
    // Room for all of them before the first measurement: the array is not the session's cost.
    const kept = Array.from<Session | undefined>({ length: SESSIONS });
    const before = heapUsed();
    const start = process.hrtime.bigint();
    for (let made = 0; made < SESSIONS; made += 1) kept[made] = make();
    const time = Number(process.hrtime.bigint() - start);
    bytes.push((heapUsed() - before) / SESSIONS);
    if (!kept.every((session) => session !== undefined && isRight(session))) {
      throw new Error(`${name} made a session without its token`);
    }
    return Promise.resolve(time / SESSIONS);
  };
  return { side: { name, batch }, bytes };
}

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** As `node --expose-gc` would give it, so that nobody has to remember the flag. */
const collectGarbage = ((): (() => void) => {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
})();

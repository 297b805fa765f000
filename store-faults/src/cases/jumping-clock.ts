import { join } from "node:path";
import { allOver, expectEqual, expectThat, type FaultCase, MARGIN } from "./fault-parts.ts";

const PROCESSES = 8;
const TIMES = 12;
const HOUR = 3_600_000;
const HOLD = 1000;

/** Takes some seconds: the lock of a killed process ends in real time. */
export const jumpingClock: FaultCase = async ({ store, processes, key }) => {
  const started = await processes.startAll(PROCESSES);
  const room = join(processes.folder, "room");
  const jumps = [0, HOUR, -HOUR, 0, -HOUR, HOUR];
  const met = await allOver(
    started.map((each, index) => {
      const own = [...jumps.slice(index % jumps.length), ...jumps.slice(0, index % jumps.length)];
      return each.run({ name: "enter", key: key("room"), times: TIMES, room, jumps: own });
    }),
  );
  expectEqual(
    met,
    started.map(() => 0),
    "how many times two processes were in the lock",
  );

  const waited = await allOver(
    [HOUR, -HOUR].map(async (jump, index) => {
      const name = key(`held ${jump}`);
      const holder = started[index];
      void holder?.run({ name: "hold", key: name, holdMs: HOLD, jump });
      await holder?.stopped(name);
      await holder?.kill();
      const start = performance.now();
      const limits = { waitMs: HOLD + MARGIN, holdMs: HOLD };
      await store.withLock(name, limits, () => Promise.resolve());
      return Math.round(performance.now() - start);
    }),
  );
  expectThat(
    Math.max(...waited) < HOLD + MARGIN,
    "a lock ends though its holder's clock was wrong",
  );
  return {
    entered: PROCESSES * TIMES,
    "lock of a killed process an hour ahead": waited[0] ?? 0,
    "an hour behind": waited[1] ?? 0,
  };
};

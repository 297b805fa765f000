import type { FakeClock } from "./fake-clock.ts";
import { turns } from "./turns.ts";

/** Advances a clock through every pause until the work is done. */
export async function hurry<T>(clock: FakeClock, work: Promise<T>, limit = 20_000): Promise<T> {
  const state = { over: false };
  const done = work.finally(() => {
    state.over = true;
  });
  done.catch(() => undefined);
  for (let passed = 0; !state.over && passed < limit; passed += 250) {
    await turns(60);
    if (!state.over) clock.advance(250);
  }
  return done;
}

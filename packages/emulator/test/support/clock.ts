/** A clock that a test sets. */
export interface TestClock {
  readonly now: () => number;
  /** Moves on by this many seconds. */
  pass(seconds: number): void;
}

/** A clock that stands still on 2026-11-20. */
export function testClock(): TestClock {
  let time = Date.parse("2026-11-20T12:00:00Z");
  return {
    now: () => time,
    pass: (seconds) => {
      time += seconds * 1000;
    },
  };
}

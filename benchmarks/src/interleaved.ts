/** One of the things that are compared. */
export interface Side {
  /** Short, for the table. */
  readonly name: string;
  /** Does a batch of work and gives its figure: a time per operation, or operations per second. */
  readonly batch: () => Promise<number>;
}

/** How long to go on. */
export interface Length {
  /** Rounds whose figures are thrown away: the JIT compiles, connections open, caches fill. */
  readonly warmUp: number;
  readonly rounds: number;
}

/** A side's figures, one a round. */
export type Figures = readonly number[];

/** Two sides compared round by round. */
export interface Comparison {
  /** The median of the rounds' ratios. */
  readonly ratio: number;
  readonly lowest: number;
  readonly highest: number;
}

/**
 * Has the sides take turns in short batches, so that whatever else the machine does falls on all of them alike. The
 * order changes from round to round: nobody always runs in the wake of the same other side.
 */
export async function interleaved(
  sides: readonly Side[],
  { warmUp, rounds }: Length,
): Promise<Map<string, Figures>> {
  const figures = new Map<string, number[]>(sides.map(({ name }) => [name, []]));
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const { name, batch } of turnsOf(sides, round + warmUp)) {
      const figure = await batch();
      if (round >= 0) figures.get(name)?.push(figure);
    }
  }
  return figures;
}

/** Each order and its reverse, and another side to begin with every second round. */
function turnsOf(sides: readonly Side[], round: number): Side[] {
  const first = Math.floor(round / 2) % sides.length;
  const order = [...sides.slice(first), ...sides.slice(0, first)];
  return round % 2 === 0 ? order : order.toReversed();
}

/**
 * Compares within each round before anything is averaged: a slow minute makes both sides slow, and its ratio stays.
 */
export function compared(ours: Figures, peer: Figures): Comparison {
  const ratios = ours.map((figure, round) => figure / (peer[round] ?? Number.NaN));
  return { ratio: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

/** The middle one, which a single bad round does not move. */
export function median(figures: Figures): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? (upper + (sorted[middle - 1] ?? Number.NaN)) / 2 : upper;
}

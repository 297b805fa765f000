import { compared, type Figures, median } from "./interleaved.ts";

/** One line of the table, as it is printed. */
export interface Row {
  readonly benchmark: string;
  readonly ours: string;
  readonly peer: string;
  readonly ratio: string;
  /** Lowest to highest: of the ratio where there is one, of our own figure otherwise. */
  readonly spread: string;
  readonly aim: string;
  /** Undefined for a row that only informs. */
  readonly met: boolean | undefined;
}

/** What a figure should be. */
export interface Aim {
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** Writes a figure with its unit. */
export type Format = (figure: number) => string;

const HEADINGS = ["benchmark", "ours", "peer", "ratio", "spread", "aim", "met"];
const NOTHING = "–";

/** A row that compares us with a peer. */
export function comparisonRow(comparison: {
  readonly benchmark: string;
  readonly ours: Figures;
  readonly peer: Figures;
  readonly format: Format;
  readonly aim?: Aim;
}): Row {
  const { benchmark, ours, peer, format, aim } = comparison;
  const { ratio, lowest, highest } = compared(ours, peer);
  const several = ours.length > 1;
  return {
    benchmark,
    ours: format(median(ours)),
    peer: format(median(peer)),
    ratio: ratio.toFixed(2),
    spread: several ? `${lowest.toFixed(2)}–${highest.toFixed(2)}` : NOTHING,
    aim: aimText(aim, String),
    met: isMet(ratio, aim),
  };
}

/** A row about us alone: there is no peer, or the aim is a figure of its own. */
export function figureRow(measured: {
  readonly benchmark: string;
  readonly ours: Figures;
  readonly format: Format;
  readonly aim?: Aim;
}): Row {
  const { benchmark, ours, format, aim } = measured;
  const several = ours.length > 1;
  return {
    benchmark,
    ours: format(median(ours)),
    peer: NOTHING,
    ratio: NOTHING,
    spread: several ? `${format(Math.min(...ours))}–${format(Math.max(...ours))}` : NOTHING,
    aim: aimText(aim, format),
    met: isMet(median(ours), aim),
  };
}

/** The table in Markdown, its columns aligned so that a terminal can show it as it is. */
export function tableText(rows: readonly Row[]): string {
  const cells = [HEADINGS, ...rows.map(cellsOf)];
  const widths = HEADINGS.map((_heading, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  const lines = cells.map((row) =>
    line(row.map((cell, column) => cell.padEnd(widths[column] ?? 0))),
  );
  lines.splice(1, 0, line(widths.map((width) => "-".repeat(width))));
  return lines.join("\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function cellsOf({ benchmark, ours, peer, ratio, spread, aim, met }: Row): string[] {
  const verdict = met === undefined ? NOTHING : met ? "yes" : "no";
  return [benchmark, ours, peer, ratio, spread, aim, verdict];
}

function aimText(aim: Aim | undefined, format: Format): string {
  if (aim?.atMost !== undefined) return `≤ ${format(aim.atMost)}`;
  return aim?.atLeast === undefined ? NOTHING : `≥ ${format(aim.atLeast)}`;
}

function isMet(figure: number, aim: Aim | undefined): boolean | undefined {
  if (!aim) return undefined;
  const { atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY } = aim;
  return figure <= atMost && figure >= atLeast;
}

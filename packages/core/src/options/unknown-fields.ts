/**
 * Lists the fields that do not exist, one sentence each, with the name that was probably meant or else every name.
 *
 * @param prefix - What stands before each name in the sentence, for example `endpoints.`.
 */
export function unknownFields(
  source: object,
  known: ReadonlySet<string>,
  prefix: string,
): string[] {
  return Object.keys(source)
    .filter((name) => !known.has(name))
    .map((name) => {
      const suggestion = suggestName(name, known);
      return `${prefix}${name} is not an option; ${
        suggestion === undefined
          ? `the options are ${[...known].join(", ")}`
          : `did you mean ${prefix}${suggestion}?`
      }`;
    });
}

/** Suggests the known name with the smallest edit distance, letter case and separators aside; at most a third differs. */
function suggestName(name: string, known: ReadonlySet<string>): string | undefined {
  const typed = withoutCase(name);
  let nearest: string | undefined;
  let fewest = Math.floor(typed.length / 3) + 1;
  for (const candidate of known) {
    // The lengths alone differ by more: no distance is computed for a name of a million characters.
    if (Math.abs(typed.length - candidate.length) >= fewest) continue;
    const edits = editDistance(typed, withoutCase(candidate));
    if (edits < fewest) [nearest, fewest] = [candidate, edits];
  }
  return nearest;
}

function withoutCase(name: string): string {
  return name.replaceAll(/[_-]/g, "").toLowerCase();
}

/** Levenshtein's distance: how many characters have to be inserted, deleted or replaced. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= to.length; column += 1) {
      next[column] = Math.min(
        (row[column] as number) + 1,
        (next[column - 1] as number) + 1,
        (row[column - 1] as number) + (from[line - 1] === to[column - 1] ? 0 : 1),
      );
    }
    row = next;
  }
  return row[to.length] as number;
}

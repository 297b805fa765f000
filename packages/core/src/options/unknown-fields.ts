import { suggestName, plainName } from "./suggested-names.ts";

/**
 * One sentence for each field that does not exist, with the one that was probably meant.
 *
 * @param elsewhere - What to say of names that have their place elsewhere, by the name without letter case and underscores.
 */
export function unknownFields(
  source: object,
  known: ReadonlySet<string>,
  prefix: string,
  elsewhere: Readonly<Record<string, string>> = {},
): string[] {
  return Object.keys(source)
    .filter((name) => !known.has(name))
    .map((name) => {
      const plain = plainName(name);
      const meant = suggestName(name, known);
      const advice = Object.hasOwn(elsewhere, plain)
        ? elsewhere[plain]
        : meant && `did you mean ${prefix}${meant}?`;
      return `${prefix}${name} is not an option${advice ? `; ${advice}` : ""}`;
    });
}

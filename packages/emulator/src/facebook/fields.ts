/** One item of a `fields` parameter, for instance `picture.width(200){url}`. */
export interface GraphField {
  readonly name: string;
  /** What `.name(value)` said. */
  readonly modifiers: Readonly<Record<string, string>>;
}

/** Reads a `fields` parameter. Sub-fields in braces are read over: the emulator sends all of them. */
export function parseFields(text: string | undefined): GraphField[] {
  return (text ?? "")
    .replaceAll(/\{[^}]*\}/g, "")
    .split(/,(?![^(]*\))/)
    .map((item) => item.trim())
    .filter((item) => item !== "")
    .map((item) => ({
      name: item.replace(/[.(].*$/, ""),
      modifiers: Object.fromEntries(
        [...item.matchAll(/\.(\w+)\(([^)]*)\)/g)].map(([, name = "", value = ""]) => [name, value]),
      ),
    }));
}

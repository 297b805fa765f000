/** Headers as a program has them. */
export type HeadersInput =
  Headers | Readonly<Record<string, string>> | Iterable<readonly [string, string]>;

function* entriesOf(headers: HeadersInput | undefined): Generator<readonly [unknown, unknown]> {
  if (headers === undefined) return;
  if (Symbol.iterator in headers) {
    for (const entry of headers as Iterable<readonly [unknown, unknown]>) yield entry;
  } else yield* Object.entries(headers);
}

/** What is wrong with headers, one sentence a problem. */
export function headersProblems(headers: unknown): string[] {
  if (headers === undefined) return [];
  if (typeof headers !== "object" || headers === null) {
    return ["headers must be an object, Headers or pairs of name and value"];
  }
  const seen = new Set<string>();
  const problems = new Set<string>();
  for (const [name, value] of entriesOf(headers as HeadersInput)) {
    if (typeof name !== "string" || typeof value !== "string") {
      problems.add("headers must have strings for names and values");
      continue;
    }
    if (seen.has(name.toLowerCase())) problems.add("headers must have each name once");
    seen.add(name.toLowerCase());
  }
  return [...problems];
}

/** Headers that were checked: found by name in any case, given back in the case that they came in. */
export class HeaderFields {
  readonly #fields = new Map<string, readonly [name: string, value: string]>();

  constructor(headers: HeadersInput | undefined) {
    for (const [name, value] of entriesOf(headers)) this.set(name as string, value as string);
  }

  get(name: string): string | undefined {
    return this.#fields.get(name.toLowerCase())?.[1];
  }

  set(name: string, value: string): void {
    this.#fields.set(name.toLowerCase(), [name, value]);
  }

  delete(name: string): void {
    this.#fields.delete(name.toLowerCase());
  }

  toRecord(): Record<string, string> {
    return Object.fromEntries(this.#fields.values());
  }
}

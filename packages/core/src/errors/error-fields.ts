/** Fields of an error response that are never shown, because they hold secrets. */
const SECRET_FIELD =
  /token|secret|passw|assertion|api.?key|private.?key|jwt|credential|cookie|^authorization$/i;

/** A JSON Web Token in a text. */
const JWT = /\beyJ[\w-]{8,}(?:\.[\w-]+){2,4}/g;

/** How many levels of an error response are read, and how many of its fields. */
const DEEPEST = 5;
const MOST = 20;
/** Shorter values of secret fields are words, for example `expired`. */
const SHORTEST_SECRET = 8;
/** Longer values are secrets also where the error word contains them. */
const LONGEST_WORD = 24;

/** The plain fields of an error, by name; a field of a nested object has the path to it as its name. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/** Whether a request field holds a secret, by its name; the type of a token is not one. */
export function isSecretField(name: string): boolean {
  return SECRET_FIELD.test(name) && !/_type(?:_hint)?$/i.test(name);
}

/** The plain fields of an error response that may be shown; undefined when there are none. */
export function plainDetails(
  fields: Iterable<readonly [string, unknown]>,
): ErrorDetails | undefined {
  const plain: (readonly [string, string | number | boolean])[] = [];
  for (const field of plainFields(fields, "", 0)) {
    if (plain.push(field) === MOST) break;
  }
  return plain.length > 0 ? Object.fromEntries(plain) : undefined;
}

function* plainFields(
  fields: Iterable<readonly [string, unknown]>,
  prefix: string,
  depth: number,
): Generator<readonly [string, string | number | boolean]> {
  for (const [name, value] of fields) {
    if (name === "__proto__" || SECRET_FIELD.test(name)) continue;
    const path = prefix + name;
    if (typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) {
      yield [path, value as string | number | boolean];
    } else if (typeof value === "object" && value !== null && depth < DEEPEST) {
      yield* plainFields(Object.entries(value), `${path}.`, depth + 1);
    }
  }
}

/**
 * Collects the secrets of an error response, by the names of their fields: a server may repeat them elsewhere in it.
 *
 * @param word - The error word, which stays.
 */
export function secretsOf(body: unknown, word: string = "", depth: number = 0): string[] {
  if (typeof body !== "object" || body === null || depth > DEEPEST) return [];
  return Object.entries(body).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value !== "string") return secretsOf(value, word, depth + 1);
    const isSecret =
      isSecretField(name) &&
      value.length >= SHORTEST_SECRET &&
      (value.length > LONGEST_WORD || !word.includes(value));
    return isSecret ? [value] : [];
  });
}

/** Removes JSON Web Tokens from a text that a provider wrote. */
export function withoutJwts(text: string): string {
  return text.replace(JWT, "[redacted]");
}

/** A field that cannot be used, and why: `reason` completes a sentence that begins with the field's name. */
export interface BadField {
  readonly field: string;
  readonly reason: string;
}

/** Reads the fields of a record that others wrote, and collects those that cannot be used. */
export class FieldReader {
  /** The fields that cannot be used, in the order in which they were read. */
  readonly problems: BadField[] = [];
  readonly #source: Readonly<Record<string, unknown>>;
  readonly #isAbsent: (value: unknown, field: string) => boolean;

  /** @param isAbsent - Whether a value says nothing, beside undefined and null. */
  constructor(source: object, isAbsent: (value: unknown, field: string) => boolean = () => false) {
    this.#source = source as Readonly<Record<string, unknown>>;
    this.#isAbsent = isAbsent;
  }

  /**
   * Reads a field.
   *
   * @param kind - What its value must be, for the problem.
   * @param parse - Gives undefined for a value of another kind.
   * @returns undefined when the field is absent or cannot be used.
   */
  read<Value>(
    field: string,
    kind: string,
    parse: (value: unknown) => Value | undefined,
  ): Value | undefined {
    const value = Object.hasOwn(this.#source, field)
      ? (this.#source[field] ?? undefined)
      : undefined;
    if (value === undefined || this.#isAbsent(value, field)) return undefined;
    const parsed = parse(value);
    if (parsed === undefined) this.problems.push({ field, reason: `is not ${kind}` });
    return parsed;
  }

  /** The problems as sentences. */
  get sentences(): string[] {
    return this.problems.map(({ field, reason }) => `${field} ${reason}`);
  }
}

/** Whether a field is empty: some servers and columns have that for "none". An empty scope is one: none was granted. */
export function isEmpty(value: unknown, field: string): boolean {
  return value === "" && field !== "scope";
}

/** Takes a list of texts. */
export function textList(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((name) => typeof name === "string")
    ? [...value]
    : undefined;
}

/** Larger than any date in seconds until the year 5138, smaller than any in milliseconds since 1973. */
const SECONDS_BELOW = 1e11;
/** Seconds. A number from a minute on and below this, in the year 2001, is a lifetime that somebody took for a time. */
const LIFETIMES_BELOW = 1e9;
const MINUTE = 60;

/**
 * Takes a point in time: a date, or a number (or its digits) of seconds or milliseconds since the epoch.
 *
 * @returns Milliseconds since the epoch.
 */
export function instant(value: unknown): number | undefined {
  const isDigits = typeof value === "string" && /^\d{1,16}(?:\.\d{1,9})?$/.test(value);
  const time = isDigits ? Number(value) : value;
  if (time instanceof Date) return inRange(time.getTime());
  if (typeof time !== "number" || (time >= MINUTE && time < LIFETIMES_BELOW)) return undefined;
  return inRange(Math.floor(Math.abs(time) < SECONDS_BELOW ? time * 1000 : time));
}

function inRange(milliseconds: number): number | undefined {
  return Math.abs(milliseconds) <= 8.64e15 ? milliseconds : undefined;
}

/** Takes a point in time as {@link instant} does, or as text: JSON has no dates. */
export function storedInstant(value: unknown): number | undefined {
  const isText = typeof value === "string" && !/^[\d.]+$/.test(value);
  return instant(isText ? new Date(value) : value);
}

/** Makes a date: a number would be taken for seconds where it is small. */
export function dateAt(milliseconds: number | undefined): Date | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds);
}

import { isFilledText, isObject } from "./option-rules.ts";
import { ownFields } from "./own-fields.ts";

/** The fields of an object that others sent. */
export type Fields = Readonly<Record<string, unknown>>;

/** Reads the own fields of what should be an object; none of anything else. */
export function readFields(value: unknown): Fields {
  return ownFields(isObject(value) && !Array.isArray(value) ? value : {});
}

/** Reads the fields of a JSON object; none of any other text, and of no text. */
export function readJsonFields(text: string | null | undefined): Fields {
  try {
    return readFields(JSON.parse(text ?? ""));
  } catch {
    return readFields(undefined);
  }
}

/** Reads a text; undefined for an empty one, and for anything else. */
export function readText(value: unknown): string | undefined {
  return isFilledText(value) ? value : undefined;
}

/** Reads an ID: a text, or a number that JavaScript does not round, as a text. */
export function readId(value: unknown): string | undefined {
  return Number.isSafeInteger(value) ? String(value) : readText(value);
}

/** Reads the texts of a list, without its other items; undefined for what is no list. */
export function readTexts(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter(isFilledText) : undefined;
}

/** Reads the items of a list, each as {@link readFields} does; undefined for what is no list. */
export function readList(value: unknown): Fields[] | undefined {
  return Array.isArray(value) ? value.map(readFields) : undefined;
}

/** Ten years, in seconds: a duration beyond this is a mistake of the server's, and dates stay in range. */
const LONGEST_DURATION = 315_576_000;

/** Reads a duration in seconds, a number or its digits, as whole seconds; what is longer than `longest` is cut. */
export function readSeconds(
  value: unknown,
  longest: number = LONGEST_DURATION,
): number | undefined {
  const seconds = typeof value === "string" && /^\d{1,10}$/.test(value) ? Number(value) : value;
  const isDuration = typeof seconds === "number" && seconds >= 0;
  return isDuration ? Math.min(Math.floor(seconds), longest) : undefined;
}

/** Reads seconds since the epoch, a number or its digits, as a date; 0 stands for no time. */
export function readUnixTime(value: unknown): Date | undefined {
  const seconds = typeof value === "string" && /^\d{1,12}$/.test(value) ? Number(value) : value;
  const isTime = typeof seconds === "number" && seconds > 0 && seconds <= 8.64e12;
  return isTime ? new Date(seconds * 1000) : undefined;
}

/** Reads a time that is written as text (ISO 8601), as a date. */
export function readDate(value: unknown): Date | undefined {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time);
}

import { ErrorPage } from "../error-page.ts";

/** The error for a file that is no export, or a damaged one. */
export function wrongFile(problem: string): ErrorPage {
  return new ErrorPage(400, {
    title: "This file cannot be opened",
    text: `${problem} Nothing of it was kept.`,
    code: "FILE_INVALID",
  });
}

/** @throws ErrorPage that names the place, as all functions here do. */
export function asRecord(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw wrongFile(`${at} is no object.`);
}

/** @param most - How many entries there may be. */
export function asList(value: unknown, at: string, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw wrongFile(`${at} is no list.`);
  if (value.length > most) throw wrongFile(`${at} has more than ${most} entries.`);
  return value as readonly unknown[];
}

export function asText(value: unknown, at: string): string {
  if (typeof value === "string") return value;
  throw wrongFile(`${at} is no text.`);
}

/** Reads an object of texts, such as header fields. */
export function asTexts(value: unknown, at: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(asRecord(value, at)).map(([name, text]) => [
      name,
      asText(text, `${at}.${name}`),
    ]),
  );
}

export function asWholeNumber(value: unknown, at: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw wrongFile(`${at} is no whole number.`);
}

/** Reads a URL of http or https: any other would be a link that does something. */
export function asUrl(value: unknown, at: string): string {
  const text = asText(value, at);
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw wrongFile(`${at} is no URL of http or https.`);
}

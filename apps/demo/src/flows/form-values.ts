import { ErrorPage } from "../error-page.ts";

/** What the person typed into the form of a flow. */
export class FormValues {
  readonly #form: URLSearchParams;

  constructor(form: URLSearchParams = new URLSearchParams()) {
    this.#form = form;
  }

  /** A field's text without spaces around it; undefined if it is empty. */
  text(name: string): string | undefined {
    return this.#form.get(name)?.trim() || undefined;
  }

  /** The words of a field; undefined if it has none. */
  words(name: string): readonly string[] | undefined {
    const words = this.text(name)?.split(/[\s,]+/);
    return words?.length ? words : undefined;
  }

  /** Whether a box is ticked. */
  isOn(name: string): boolean {
    return this.#form.get(name) === "on";
  }

  /** A whole number; undefined if the field holds none. */
  number(name: string): number | undefined {
    const text = this.text(name);
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  }

  /** The lines `name=value` of a field. */
  pairs(name: string): Readonly<Record<string, string>> | undefined {
    const lines = this.text(name)
      ?.split("\n")
      .map((line) => line.trim())
      .filter((line) => line.includes("="));
    if (!lines?.length) return undefined;
    return Object.fromEntries(
      lines.map((line) => {
        const at = line.indexOf("=");
        return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
      }),
    );
  }

  /**
   * A field as JSON; undefined if it is empty.
   *
   * @throws ErrorPage that says what is wrong with the text.
   */
  json(name: string): unknown {
    const text = this.text(name);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      throw wrongField(name, `is not valid JSON: ${(error as Error).message}`);
    }
  }

  /** The same form with further values: words are added to those of `scope`, lines to those of `extra`. */
  with(further: Readonly<Record<string, string>>): FormValues {
    const form = new URLSearchParams(this.#form);
    for (const [name, value] of Object.entries(further)) {
      const separator = { scope: " ", extra: "\n" }[name];
      const before = separator === undefined ? [] : (this.text(name)?.split(separator) ?? []);
      form.set(name, [...new Set([...before, value])].join(separator));
    }
    return new FormValues(form);
  }

  /** Every field as it was sent. */
  get entries(): readonly (readonly [string, string])[] {
    return [...this.#form];
  }

  /** The form as it was sent: `name=value&…`. */
  toString(): string {
    return this.#form.toString();
  }

  /** Whether the form was ever sent: fields show their defaults until then. */
  get isEmpty(): boolean {
    return this.#form.size === 0;
  }
}

/** The error for a field that cannot be read. */
export function wrongField(name: string, problem: string): ErrorPage {
  return new ErrorPage(400, {
    title: "A field of the form is wrong",
    text: `The field ${name} ${problem}.`,
    code: "FIELD_INVALID",
  });
}

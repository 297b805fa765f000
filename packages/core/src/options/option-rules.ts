import type { Clock } from "../clock.ts";
import { ownOptions } from "./own-fields.ts";
import { unknownFields } from "./unknown-fields.ts";

/** Finds what is wrong with one option, one sentence a problem. It is asked about an option that is left out, too. */
export type OptionRule = (
  value: unknown,
  name: string,
  options: Readonly<Record<string, unknown>>,
) => readonly string[];

/** The rule of each option: a name without a rule is not an option. */
export type OptionRules<Options extends object = object> = {
  readonly [Name in keyof Options]-?: OptionRule;
};

/**
 * Lists what is wrong with options: first the unknown names, then each rule's problems in the order of the rules.
 *
 * @param prefix - What stands before each name in the sentences, for example `endpoints.`.
 */
export function optionProblems(given: unknown, rules: OptionRules, prefix = ""): string[] {
  const options = ownOptions(given);
  if (!isObject(options)) return [`${prefix.slice(0, -1) || "options"} must be an object`];
  const isKnown = Object.keys(options).every((name) => Object.hasOwn(rules, name));
  const found = ruleProblems(options, rules, prefix);
  return isKnown
    ? found
    : [...unknownFields(options, new Set(Object.keys(rules)), prefix), ...found];
}

/** Lists what is wrong with the fields that have rules, in the order of the rules, and says nothing of any others. */
export function ruleProblems(
  fields: Readonly<Record<string, unknown>>,
  rules: OptionRules,
  prefix = "",
): string[] {
  const table = rules as Readonly<Record<string, OptionRule>>;
  const problems: string[] = [];
  for (const name of Object.keys(table)) {
    const found = (table[name] as OptionRule)(fields[name], prefix + name, fields);
    if (found.length > 0) problems.push(...found);
  }
  return problems;
}

const NONE: readonly string[] = [];

/** Makes the rule of an option that may be left out: its value fits, or the sentence is the problem. */
export function must(sentence: string, fits: (value: unknown) => boolean): OptionRule {
  return (value, name) =>
    value === undefined || fits(value) ? NONE : [`${name} must ${sentence}`];
}

/** Makes the rule of an option that takes one of a few words. */
export function mustBeOneOf(...words: readonly string[]): OptionRule {
  const quoted = words.map((word) => JSON.stringify(word));
  const last = quoted.pop() ?? "";
  return must(`be ${quoted.join(", ")} or ${last}`, (value) => words.includes(value as string));
}

/**
 * Makes the rule of an option that takes a list.
 *
 * @param items - What the list is of, for the sentence about a value that is no list.
 * @param sentence - What each item must be.
 * @param most - How many items there may be, for a list that must not be empty.
 */
export function mustBeListOf(
  items: string,
  sentence: string,
  fits: (item: unknown) => boolean,
  most?: number,
): OptionRule {
  return (value, name) => {
    if (value === undefined) return NONE;
    if (!Array.isArray(value)) return [`${name} must be an array of ${items}`];
    if (most !== undefined && (value.length === 0 || value.length > most)) {
      return [`${name} must have 1 to ${most} entries`];
    }
    return value.flatMap((item: unknown, index) =>
      fits(item) ? [] : [`${name}[${index}] must ${sentence}`],
    );
  };
}

/** Makes a check for texts of one form: `must("be a date", matches(/^\d{4}-\d\d-\d\d$/))`. */
export function matches(form: RegExp): (value: unknown) => boolean {
  return (value) => typeof value === "string" && form.test(value);
}

/** Takes any value. */
export const anything: OptionRule = () => NONE;

/** Takes a function. */
export const mustBeFunction: OptionRule = must(
  "be a function",
  (value) => typeof value === "function",
);

/** Takes `true` or `false`. */
export const mustBeFlag: OptionRule = must(
  "be true or false",
  (value) => typeof value === "boolean",
);

/** Takes a text. */
export const mustBeText: OptionRule = must("be a string", (value) => typeof value === "string");

/** Takes a list of URLs, at least one. */
export const mustBeUrls: OptionRule = must(
  "be a list of URLs that is not empty",
  (list) => Array.isArray(list) && list.length > 0 && list.every((url) => URL.canParse(url)),
);

/** Takes a number of seconds, zero too. */
export const mustBeSeconds: OptionRule = must(
  "be a number of seconds, 0 or more",
  (value) => typeof value === "number" && value >= 0,
);

/** Takes a `Clock`. */
export const mustBeClock: OptionRule = must(
  "have now() and after()",
  (value) => typeof (value as Clock | null)?.now === "function",
);

/** Takes an `AbortSignal`. */
export const mustBeSignal: OptionRule = must(
  "be an AbortSignal: of an AbortController its signal",
  (value) => typeof (value as AbortSignal | null)?.addEventListener === "function",
);

/** Whether a value is a string that is not empty. */
export function isFilledText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Whether a value is an object, an array too. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Returns what is wrong with a value, or undefined. */
export type Rule = (value: unknown) => string | undefined;

/** One rule for each option. */
export type Rules<Options> = { readonly [Name in keyof Options]-?: Rule };

/** A switch: its default and the rule for its values. */
export interface Switch<Value> {
  readonly byDefault: Value;
  readonly rule: Rule;
  /** What the switch does when it is on, for `--help`; only switches that are just on or off have this text. */
  readonly whenOn?: string;
}

/** The switches of an emulator by name. */
export type SwitchTable<Switches> = {
  readonly [Name in keyof Switches]-?: Switch<Switches[Name]>;
};

/** A switch that takes these values only; the first is the default. */
export function oneOf<Value extends string | number | boolean>(
  byDefault: Value,
  ...others: readonly Value[]
): Switch<Value> {
  return { byDefault, rule: among(byDefault, ...others) };
}

/** A switch that is on or off. `whenOn` says what it does when it is on. */
export function onOff(byDefault: boolean, whenOn: string): Switch<boolean> {
  return { byDefault, rule: among(true, false), whenOn };
}

/** A switch that takes whole numbers. */
export function wholeNumber(byDefault: number): Switch<number> {
  return { byDefault, rule: wholeNumberRule };
}

/** Accepts these values only. */
export function among(...allowed: readonly (string | number | boolean)[]): Rule {
  const list = allowed.map((value) => JSON.stringify(value)).join(", ");
  return (value) =>
    (allowed as readonly unknown[]).includes(value) ? undefined : `must be one of ${list}`;
}

/** Accepts whole numbers. */
export const wholeNumberRule: Rule = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0
    ? undefined
    : "must be a whole number, 0 or more";

/** Accepts port numbers. */
export const portNumber: Rule = (value) =>
  wholeNumberRule(value) === undefined && (value as number) <= 65_535
    ? undefined
    : "must be a whole number from 0 to 65535";

/** Accepts what any of these rules accepts. */
export function either(...rules: readonly Rule[]): Rule {
  return (value) => {
    const problems = rules.map((rule) => rule(value));
    if (problems.includes(undefined)) return undefined;
    return problems.join(", or ").replaceAll(", or must be ", ", or ");
  };
}

/** Accepts non-empty strings. */
export const text: Rule = (value) =>
  typeof value === "string" && value !== "" ? undefined : "must be a non-empty string";

/** Accepts functions. */
export const callable: Rule = (value) =>
  typeof value === "function" ? undefined : "must be a function";

/** Accepts non-empty arrays. */
export const filledList: Rule = (value) =>
  Array.isArray(value) && value.length > 0 ? undefined : "must be a non-empty array";

/** Accepts non-empty arrays of absolute URLs without fragments. */
export const urlList: Rule = (value) =>
  filledList(value) === undefined &&
  (value as unknown[]).every(
    (url) => typeof url === "string" && URL.canParse(url) && !url.includes("#"),
  )
    ? undefined
    : "must be an array of absolute URLs without fragments";

/** Accepts objects that are not arrays. */
export const plainObject: Rule = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? undefined
    : "must be an object";

/** The rules of the switches by name. */
export function switchRules<Switches>(table: SwitchTable<Switches>): Rules<Switches> {
  return eachSwitch(table, ({ rule }) => rule) as Rules<Switches>;
}

/** The values that the switches start with: those in the options, and the defaults. */
export function initialSwitches<Switches extends object>(
  table: SwitchTable<Switches>,
  options: Partial<NoInfer<Switches>>,
): Switches {
  const given = Object.entries(options).filter(([name]) => Object.hasOwn(table, name));
  const defaults = eachSwitch(table, ({ byDefault }) => byDefault);
  return { ...defaults, ...Object.fromEntries(given) } as Switches;
}

function eachSwitch<Switches>(
  table: SwitchTable<Switches>,
  read: (entry: Switch<unknown>) => unknown,
): Record<string, unknown> {
  const entries = Object.entries<Switch<unknown>>(table);
  return Object.fromEntries(entries.map(([name, entry]) => [name, read(entry)]));
}

/** Checks options and returns those that are not undefined. Throws a TypeError that names the first bad one. */
export function checkOptions<Options extends object>(
  who: string,
  options: Partial<Options>,
  rules: Rules<Options>,
): Partial<Options> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!Object.hasOwn(rules, name)) {
      const known = Object.keys(rules).join(", ");
      throw new TypeError(`${who} has no option "${name}". Its options are: ${known}.`);
    }
    const problem = rules[name as keyof Options](value);
    if (problem !== undefined) throw new TypeError(`${who}: option "${name}" ${problem}.`);
  }
  return Object.fromEntries(given) as Partial<Options>;
}

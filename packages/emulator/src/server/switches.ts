/** Says what is wrong with a value, or nothing. */
export type Rule = (value: unknown) => string | undefined;

/** One rule for each option. */
export type Rules<T> = { readonly [Name in keyof T]-?: Rule };

/** Accepts these values only. */
export function oneOf(...allowed: readonly (string | number | boolean)[]): Rule {
  const list = allowed.map((value) => JSON.stringify(value)).join(", ");
  return (value) =>
    allowed.includes(value as string | number | boolean) ? undefined : `must be one of ${list}`;
}

/** Accepts true and false. */
export const flag: Rule = oneOf(true, false);

/** Accepts whole numbers from 0 to `most`. */
export function wholeNumber(most: number = Number.MAX_SAFE_INTEGER): Rule {
  return (value) =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most
      ? undefined
      : most === Number.MAX_SAFE_INTEGER
        ? "must be a whole number, 0 or more"
        : `must be a whole number from 0 to ${most}`;
}

/** Accepts any of several rules. */
export function either(...rules: readonly Rule[]): Rule {
  return (value) => {
    const problems = rules.map((rule) => rule(value));
    if (problems.includes(undefined)) return undefined;
    return problems.join(", or ").replaceAll(", or must be ", ", or ");
  };
}

/** Accepts text that is not empty. */
export const text: Rule = (value) =>
  typeof value === "string" && value !== "" ? undefined : "must be a text that is not empty";

/** Accepts functions. */
export const callable: Rule = (value) =>
  typeof value === "function" ? undefined : "must be a function";

/** Accepts arrays that are not empty. */
export const filledList: Rule = (value) =>
  Array.isArray(value) && value.length > 0 ? undefined : "must be an array that is not empty";

/** Accepts lists of absolute URLs without a fragment. */
export const urlList: Rule = (value) =>
  filledList(value) === undefined &&
  (value as unknown[]).every(
    (url) => typeof url === "string" && URL.canParse(url) && !url.includes("#"),
  )
    ? undefined
    : "must be an array of absolute URLs without fragments";

/** Accepts plain objects. */
export const plainObject: Rule = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? undefined
    : "must be an object";

/** Each switch's first position: what the options say, or else the default. */
export function initialSwitches<Switches extends object>(
  defaults: Switches,
  options: Partial<NoInfer<Switches>>,
): Switches {
  const given = Object.entries(options).filter(([name]) => Object.hasOwn(defaults, name));
  return { ...defaults, ...Object.fromEntries(given) };
}

/** Throws a TypeError that names the first unknown or wrong option; returns what was given, without undefined. */
export function checkOptions<T extends object>(
  who: string,
  given: Partial<T>,
  rules: Rules<T>,
): Partial<T> {
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name, value] of present) {
    if (!Object.hasOwn(rules, name)) {
      const known = Object.keys(rules).join(", ");
      throw new TypeError(`${who} has no option "${name}". There are: ${known}.`);
    }
    const problem = rules[name as keyof T](value);
    if (problem !== undefined) throw new TypeError(`${who}: option "${name}" ${problem}.`);
  }
  return Object.fromEntries(present) as Partial<T>;
}

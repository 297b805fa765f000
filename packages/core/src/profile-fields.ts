import { isObject, must, type OptionRule, optionProblems } from "./options/option-rules.ts";
import { flagOf, type Profile } from "./profile.ts";

type UserInfo = Readonly<Record<string, unknown>>;
type TextName = Exclude<keyof Profile, "id" | "emailVerified" | "raw">;

/**
 * Where the user info has the fields of a {@link Profile}, each as a path: `"user_id"`, `"data.user.name"`, `"data.0.id"`
 * (the first item of a list). An array of paths joins their texts by spaces: `name: ["first_name", "last_name"]`. Numbers
 * become texts, but not those that JavaScript rounds. A field that the user info does not have is undefined.
 */
export type ProfileFields = {
  /** The field that has the user's ID. */
  readonly id: string;
  /** The field that says whether the address is verified: a boolean, or it as a text. */
  readonly emailVerified?: string;
} & { readonly [Name in TextName]?: string | readonly string[] };

/** Maps user info to a profile. Its parameter may have a narrower type: what the provider's documentation promises. */
export type ProfileFunction = { profile(raw: UserInfo): Profile }["profile"];

const PATH = /^[^.]+(?:\.[^.]+)*$/;

/** Takes a path, and several where `join` is true. */
function mustBePath(join: boolean): OptionRule {
  const isPath = (path: unknown) => typeof path === "string" && PATH.test(path);
  return must(
    `be the path of a field of the user info, for example "data.user.id"${join ? ", or an array of paths" : ""}`,
    (value) => isPath(value) || (join && Array.isArray(value) && value.every(isPath)),
  );
}

const TEXT = mustBePath(true);

const RULES: Readonly<Record<Exclude<keyof Profile, "raw">, OptionRule>> = {
  id: (value, name, options) => mustBePath(false)(value ?? "", name, options),
  email: TEXT,
  emailVerified: mustBePath(false),
  name: TEXT,
  givenName: TEXT,
  familyName: TEXT,
  username: TEXT,
  picture: TEXT,
  locale: TEXT,
  profileUrl: TEXT,
};

/** Takes a `profile` of a definition. */
export const mustBeProfile: OptionRule = (value, name) => {
  if (value === undefined || typeof value === "function") return [];
  if (isObject(value)) return optionProblems(value, RULES, `${name}.`);
  return [`${name} must be an object of paths, for example { id: "user_id" }, or a function`];
};

/** Makes the function of the paths. */
export function profileFrom(fields: ProfileFields): ProfileFunction {
  const { id, emailVerified, ...texts } = fields;
  return (raw) => {
    const found = Object.entries(texts).map(([name, paths]) => [name, textAt(raw, paths)]);
    return {
      ...(Object.fromEntries(found) as Partial<Profile>),
      id: textAt(raw, id) ?? "",
      emailVerified: emailVerified === undefined ? undefined : flagOf(valueAt(raw, emailVerified)),
      raw,
    };
  };
}

function textAt(raw: UserInfo, paths: string | readonly string[]): string | undefined {
  const texts = [paths].flat().map((path) => {
    const value = valueAt(raw, path);
    return Number.isSafeInteger(value) ? String(value) : value;
  });
  return texts.filter((text) => typeof text === "string" && text !== "").join(" ") || undefined;
}

function valueAt(raw: UserInfo, path: string): unknown {
  let value: unknown = raw;
  for (const name of path.split(".")) {
    value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

import { mustBePath, mustBePaths, textAt, valueAt } from "./options/field-paths.ts";
import { isObject, type OptionRule, optionProblems } from "./options/option-rules.ts";
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

const RULES: Readonly<Record<Exclude<keyof Profile, "raw">, OptionRule>> = {
  id: (value, name, options) => mustBePath(value ?? "", name, options),
  email: mustBePaths,
  emailVerified: mustBePath,
  name: mustBePaths,
  givenName: mustBePaths,
  familyName: mustBePaths,
  username: mustBePaths,
  picture: mustBePaths,
  locale: mustBePaths,
  profileUrl: mustBePaths,
};

/** Takes a `profile` of a definition. */
export const mustBeProfile: OptionRule = (value, name) => {
  if (value === undefined || typeof value === "function") return [];
  if (isObject(value)) return optionProblems(value, RULES, `${name}.`);
  return [`${name} must be an object of paths, for example { id: "user_id" }, or a function`];
};

/** Makes a function of paths. */
export function profileFrom(fields: ProfileFields | ProfileFunction): ProfileFunction {
  if (typeof fields === "function") return fields;
  const { id, emailVerified, ...texts } = fields;
  return (raw) => {
    const found = Object.entries(texts).map(([name, paths]) => [name, textsAt(raw, paths)]);
    return {
      id: textAt(raw, id) ?? "",
      ...(Object.fromEntries(found) as Partial<Profile>),
      emailVerified: emailVerified === undefined ? undefined : flagOf(valueAt(raw, emailVerified)),
      raw,
    };
  };
}

function textsAt(raw: UserInfo, paths: string | readonly string[]): string | undefined {
  const texts = [paths].flat().map((path) => textAt(raw, path));
  return texts.filter((text) => text !== undefined).join(" ") || undefined;
}

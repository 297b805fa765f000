import type { Profile, ProviderErrorBody } from "@grantkit/core";

type Fields = Readonly<Record<string, unknown>>;

/** Where user info has the texts of a profile. A nested field is named by its path, for example `data.user.id`. */
export type ProfilePaths = { readonly id: string } & {
  readonly [name in Exclude<keyof Profile, "id" | "emailVerified" | "raw">]?: string;
};

/** Makes a provider's `profile` function of the fields that its user info has. Numbers become texts. */
export function profileFrom(paths: ProfilePaths): (raw: Fields) => Profile {
  return (raw) => {
    const texts = Object.entries(paths).map(([name, path]) => [name, textAt(raw, path)]);
    return { ...Object.fromEntries(texts), id: textAt(raw, paths.id) ?? "", raw };
  };
}

/** Makes a provider's `readError` function of the field that has the error code. */
export function errorFrom(path: string): (body: Fields) => ProviderErrorBody | undefined {
  return (body) => {
    const error = textAt(body, path);
    return error === undefined ? undefined : { error };
  };
}

function textAt(raw: Fields, path: string): string | undefined {
  let value: unknown = raw;
  for (const name of path.split(".")) {
    value = typeof value === "object" && value !== null ? (value as Fields)[name] : undefined;
  }
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

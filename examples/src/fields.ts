import type { ProviderErrorBody } from "@grantkit/core";

type Fields = Readonly<Record<string, unknown>>;

/** Makes a provider's `readError` function of the path of the field that has the error code, for example `errors.0.code`. */
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

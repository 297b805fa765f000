import { isObject, type OptionRule } from "../options/option-rules.ts";
import { codeOfProviderError } from "./error-codes.ts";

/** Takes the `errorAliases` of a definition: a misspelled code would be one more code that nobody knows. */
export const mustBeErrorAliases: OptionRule = (value, name) => {
  if (value === undefined) return [];
  if (!isObject(value)) return [`${name} must be an object: the provider's code → OAuth's`];
  return Object.entries(value)
    .filter(([, code]) => !isCode(code))
    .map(
      ([word]) => `${name}.${word} must be an error code of OAuth 2.0, for example "invalid_grant"`,
    );
};

function isCode(code: unknown): boolean {
  // RFC 6750 §3.1; its meaning depends on the endpoint.
  if (code === "invalid_token") return true;
  return typeof code === "string" && codeOfProviderError(code) !== undefined;
}

/** Translates a provider's error code to that of OAuth 2.0, by its `errorAliases`. */
export function withoutAlias(
  error: string,
  aliases: Readonly<Record<string, string>> | undefined,
): string {
  return (aliases && Object.hasOwn(aliases, error) ? aliases[error] : undefined) ?? error;
}

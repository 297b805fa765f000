import { mustBePath, textAt } from "../options/field-paths.ts";
import { isObject, type OptionRule, optionProblems } from "../options/option-rules.ts";
import type { ProviderErrorBody } from "./provider-error.ts";

/**
 * Where an error response has its fields, each as a path: `"errcode"`, `"errors.0.resource"` (the first item of a list).
 * Numbers become texts. A response whose `error` is missing, empty or 0 is not an error in this format.
 */
export interface ErrorPaths {
  /** The field that has the error code. */
  readonly error: string;
  /** The field that has the explanation for developers. */
  readonly errorDescription?: string;
}

/** Reads an error body in the provider's own format. Returns undefined for a body in any other format. */
export type ErrorReader = {
  readError(body: Readonly<Record<string, unknown>>): ProviderErrorBody | undefined;
}["readError"];

const RULES = {
  error: (value, name, options) => mustBePath(value ?? "", name, options),
  errorDescription: mustBePath,
} satisfies Record<keyof ErrorPaths, OptionRule>;

/** Takes a `readError` of a definition. */
export const mustBeErrorReader: OptionRule = (value, name) => {
  if (value === undefined || typeof value === "function") return [];
  if (isObject(value)) return optionProblems(value, RULES, `${name}.`);
  return [`${name} must be an object of paths, for example { error: "errcode" }, or a function`];
};

/** Makes a function of paths. */
export function errorReaderOf(paths: ErrorPaths | ErrorReader): ErrorReader {
  if (typeof paths === "function") return paths;
  return (body) => {
    const error = textAt(body, paths.error);
    if (error === undefined || error === "0") return undefined;
    const { errorDescription: path } = paths;
    return { error, errorDescription: path === undefined ? undefined : textAt(body, path) };
  };
}

import { optionProblems, type OptionRules } from "../options/option-rules.ts";
import { ownOptions } from "../options/own-fields.ts";
import { throwProblems } from "./configuration-error.ts";

/**
 * Checks what a caller gave as options, and copies its own fields.
 *
 * @param method - The method that they were passed to, for the error.
 * @param provider - The provider's name, for the error.
 * @throws ConfigurationError that lists every problem.
 */
export function checkedOptions<Options extends object>(
  method: string,
  given: Options,
  rules: OptionRules<Options>,
  provider?: string,
): Options {
  // JavaScript callers may pass nothing; the error then says what is missing.
  const options = ownOptions(given ?? ({} as Options));
  throwProblems(method, optionProblems(options, rules), provider);
  return options;
}

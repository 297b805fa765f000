import { OAuthError } from "./oauth-error.ts";

/**
 * Thrown for options or arguments that cannot work; lists every problem (`CONFIGURATION_INVALID`).
 *
 * It quotes no value: an option in the wrong place may be a secret.
 */
export class ConfigurationError extends OAuthError {
  /** One sentence for each problem, which names the option. */
  readonly problems: readonly string[];

  constructor(subject: string, problems: readonly string[], provider?: string) {
    super(
      "CONFIGURATION_INVALID",
      `${subject} cannot be used:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`,
      provider === undefined ? {} : { provider },
    );
    this.problems = problems;
  }
}

Object.defineProperty(ConfigurationError.prototype, "name", { value: "ConfigurationError" });

/**
 * Throws the error that lists the problems, where there are any.
 *
 * @throws ConfigurationError.
 */
export function throwProblems(
  subject: string,
  problems: readonly string[],
  provider?: string,
): void {
  if (problems.length > 0) throw new ConfigurationError(subject, problems, provider);
}

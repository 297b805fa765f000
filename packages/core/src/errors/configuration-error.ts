import { OAuthError } from "./oauth-error.ts";

/**
 * Options or arguments that cannot work, with every problem in one list (`CONFIGURATION_INVALID`).
 *
 * Values are never quoted: an option in the wrong place may be a secret.
 */
export class ConfigurationError extends OAuthError {
  /** One sentence a problem, each naming the option. */
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

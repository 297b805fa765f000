import { redirectUriProblems } from "./authorization/redirect-uri.ts";
import type { OAuth2ClientOptions } from "./client-options.ts";
import { ConfigurationError, throwProblems } from "./errors/configuration-error.ts";
import { clientAuthenticationProblems, needsSecret } from "./oidc/client-authentication.ts";
import { secretProblems } from "./oidc/id-token-problems.ts";
import {
  isObject,
  must,
  mustBeFlag,
  mustBeFunction,
  type OptionRule,
  optionProblems,
  type OptionRules,
  mustBeClock,
} from "./options/option-rules.ts";
import { ownFields, ownOptions } from "./options/own-fields.ts";
import { unknownFields } from "./options/unknown-fields.ts";
import { isProvider, type Provider } from "./provider.ts";
import { hookProblems } from "./provider-problems.ts";
import { retriesProblems } from "./http/retry-budget.ts";
import { mustBePlacement } from "./tokens/token-placement.ts";

/**
 * Checks a new client's options, and returns its provider.
 *
 * @throws ConfigurationError that lists the problems of both.
 */
export function checkedProvider<Scope extends string, AuthorizationOptions extends object>(
  provider: Provider<Scope, AuthorizationOptions> | (() => Provider<Scope, AuthorizationOptions>),
  options: OAuth2ClientOptions,
): Provider<Scope, AuthorizationOptions> {
  const problems: string[] = [];
  let defined: Provider<Scope, AuthorizationOptions> | undefined;
  try {
    defined = typeof provider === "function" ? provider() : provider;
    if (!isProvider(defined)) problems.push("provider must come from defineProvider({ … })");
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems);
  }
  problems.push(...clientOptionProblems(options));
  // JavaScript callers may pass nothing.
  const given = (options as OAuth2ClientOptions | undefined)?.clientSecret;
  // What a function gives is checked when it is used.
  if (isProvider(defined) && typeof given !== "function") {
    problems.push(...secretProblems(defined, given));
  }
  throwProblems("The client", problems, defined?.name);
  return defined as Provider<Scope, AuthorizationOptions>;
}

/** Seconds: a clock that is further off is set to the wrong time zone. */
const LARGEST_TOLERANCE = 3600;

const FORGOTTEN = "(is the environment variable set?)";

const clientId: OptionRule = (value) => {
  if (value === undefined || value === "") {
    return [
      `clientId is missing: pass the client ID that the provider shows for your app ${FORGOTTEN}`,
    ];
  }
  return isCredential(value) ? [] : ["clientId must be a string without white space around it"];
};

const clientSecret: OptionRule = (value, _name, options) => {
  const { clientAuthentication: chosen } = options;
  const problems: string[] = [];
  if (value === "" || (value === undefined && "clientSecret" in options)) {
    const state = value === "" ? "empty" : "undefined";
    problems.push(
      `clientSecret is ${state}: pass the secret that the provider shows for your app ${FORGOTTEN}, or leave the option out for a public client`,
    );
  } else if (value !== undefined && typeof value !== "function" && !isCredential(value)) {
    problems.push("clientSecret must be a string without white space around it, or a function");
  }
  if (value === undefined && needsSecret(chosen)) {
    const name = typeof chosen === "string" ? `"${chosen}"` : "chosen";
    problems.push(`clientSecret is missing: clientAuthentication ${name} needs it`);
  }
  return problems;
};

/** With a proxy that has no host, axios connects to this machine, whose error says nothing of the proxy. */
const mustBeProxy: OptionRule = must(
  'be false, "environment" or { protocol, host, port }',
  (value) =>
    value === false ||
    value === "environment" ||
    (isObject(value) &&
      [ownOptions(value)["host"], ownOptions(value)["hostname"]].some(
        (host) => typeof host === "string",
      )),
);

/** The rules of the options that decide how requests are sent. */
export const ENVIRONMENT_RULES: OptionRules<
  Pick<OAuth2ClientOptions, "timeout" | "http" | "fetch" | "random" | "clock">
> = {
  timeout: must(
    "be a number of milliseconds above 0",
    (value) => typeof value === "number" && value > 0 && value < 2 ** 31,
  ),
  http: (value, name) => {
    if (value === undefined || typeof value === "function") return [];
    if (!isObject(value)) return [`${name} must be axios request defaults or an axios instance`];
    return mustBeProxy(ownOptions(value)["proxy"], `${name}.proxy`, value);
  },
  fetch: mustBeFunction,
  random: mustBeFunction,
  clock: mustBeClock,
};

const RULES: OptionRules<OAuth2ClientOptions> = {
  clientId,
  clientSecret,
  redirectUri: (value, name, options) => (name in options ? redirectUriProblems(value) : []),
  clientAuthentication: clientAuthenticationProblems,
  tokenPlacement: mustBePlacement,
  hooks: hookProblems,
  retries: retriesProblems,
  rateLimitWait: mustBeFunction,
  ...ENVIRONMENT_RULES,
  onScopeChange: mustBeFunction,
  strictScope: mustBeFlag,
  clockTolerance: must(
    "be a number of seconds from 0 to 3600",
    (value) => typeof value === "number" && value >= 0 && value <= LARGEST_TOLERANCE,
  ),
  dpop: must("be true, { key } or { privateKey, publicKey }", isDpopOption),
};

/** Lists what is wrong with a client's options, one sentence a problem; no value is quoted. */
export function clientOptionProblems(options: unknown): string[] {
  return optionProblems(options, RULES);
}

/** The options of a provider's client, as far as they differ from those of every client. */
export interface ClientOptionNames {
  /** The names of its own options. */
  readonly takes: readonly string[];
  /** The names of those of every client that it does not take: an account has no app's credentials. */
  readonly lacks?: readonly (keyof OAuth2ClientOptions)[];
}

/**
 * Refuses what is not an option of a provider's client.
 *
 * @throws ConfigurationError that names the option that was probably meant, or else all of them.
 */
export function refuseUnknownOptions(options: object, given: ClientOptionNames): void {
  const { takes, lacks = [] } = ownFields(given);
  const names = new Set([...takes, ...Object.keys(RULES)]);
  for (const name of lacks) names.delete(name);
  throwProblems("The client", unknownFields(options, names, ""));
}

function isDpopOption(value: unknown): boolean {
  const { key, privateKey, publicKey } = ownFields(isObject(value) ? value : {});
  return value === true || Boolean(key) || (Boolean(privateKey) && Boolean(publicKey));
}

function isCredential(value: unknown): boolean {
  return typeof value === "string" && value.trim() === value;
}

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";
import { flag } from "../server/switches.ts";
import type { CommandLineProvider } from "./providers.ts";

type Flags = NonNullable<ParseArgsConfig["options"]>;

const COMMON_FLAGS: Flags = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
  port: { type: "string" },
  "client-id": { type: "string" },
  "client-secret": { type: "string" },
  "redirect-uri": { type: "string", multiple: true },
};

/** What the arguments after the provider's name ask for. */
export interface ReadArguments {
  readonly help: boolean;
  readonly version: boolean;
  /** Options for the provider's start function. */
  readonly options: Record<string, unknown>;
  /** The registered redirect URIs, if any were given. */
  readonly redirectUris: readonly string[] | undefined;
}

/** The name of a switch's flag: `expiringTokens` is `--expiring-tokens`. */
export function flagName(option: string): string {
  return option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The switches that fit on a command line: those that are not objects. */
export function switchNames({ defaults }: CommandLineProvider): string[] {
  return Object.keys(defaults).filter((name) => typeof defaults[name] !== "object");
}

/** The options whose value is in a file. */
export function fileOptionNames({ fileOptions = {} }: CommandLineProvider): string[] {
  return Object.keys(fileOptions);
}

/** Whether a switch is flipped by its bare name, `--iss` or `--no-iss`. It may take other values too: `--iss=wrong`. */
export function isFlipped({ rules }: CommandLineProvider, name: string): boolean {
  return rules[name]?.(true) === undefined;
}

/** Whether `--no-` before a switch's name turns it off. */
export function isNegatable({ rules }: CommandLineProvider, name: string): boolean {
  return rules[name]?.(false) === undefined;
}

/** Whether a switch is on or off and nothing else. */
export function isOnOff({ rules }: CommandLineProvider, name: string): boolean {
  return rules[name] === flag;
}

/** Reads what follows the provider's name. Throws an error fit to be shown. */
export function readArguments(
  provider: CommandLineProvider,
  args: readonly string[],
): ReadArguments {
  const names = switchNames(provider);
  const files = fileOptionNames(provider);
  const switchFlags = [...names, ...files].map((name) => [flagName(name), { type: "string" }]);
  const options: Flags = { ...COMMON_FLAGS, ...(Object.fromEntries(switchFlags) as Flags) };
  const { values } = parseArgs({ args: withValues(provider, Object.keys(options), args), options });
  const given = Object.fromEntries(
    names.map((name) => [name, typedValue(values[flagName(name)])] as const),
  );
  const read = Object.fromEntries(
    files.map((name) => [name, contentOf(flagName(name), values[flagName(name)])] as const),
  );
  const redirectUris = values["redirect-uri"] as string[] | undefined;
  return {
    help: values["help"] === true,
    version: values["version"] === true,
    options: {
      ...given,
      ...read,
      port: typedValue(values["port"]),
      clientId: values["client-id"],
      clientSecret: values["client-secret"],
      redirectUris,
    },
    redirectUris,
  };
}

/** The arguments with a value for each flipped switch: `--iss` is `--iss=true`, `--no-iss` is `--iss=false`. */
function withValues(
  provider: CommandLineProvider,
  flags: readonly string[],
  args: readonly string[],
): string[] {
  const flipped = new Map(
    switchNames(provider)
      .filter((name) => isFlipped(provider, name))
      .map((name) => [flagName(name), provider.rules[name]]),
  );
  const negated = switchNames(provider)
    .filter((name) => isNegatable(provider, name))
    .map((name) => `no-${flagName(name)}`);
  const rest = [...args];
  const result: string[] = [];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name !== undefined) checkSpelling(name, [...flags, ...negated]);
    if (name === undefined || arg.includes("=")) {
      result.push(arg);
    } else if (negated.includes(name)) {
      result.push(`--${name.slice("no-".length)}=false`);
    } else if (flipped.has(name)) {
      const [next] = rest;
      const hasValue = next !== undefined && flipped.get(name)?.(typedValue(next)) === undefined;
      result.push(`${arg}=${hasValue ? rest.shift() : "true"}`);
    } else {
      result.push(arg);
    }
  }
  return result;
}

function checkSpelling(given: string, known: readonly string[]): void {
  if (known.includes(given)) return;
  const meant = known.find((name) => bareLetters(name) === bareLetters(given));
  const hint = meant === undefined ? "" : ` Did you mean "--${meant}"?`;
  throw new TypeError(`There is no option "--${given}".${hint}`);
}

function bareLetters(name: string): string {
  return name.replaceAll(/[-_]/g, "").toLowerCase();
}

function typedValue(value: unknown): unknown {
  if (value === "true" || value === "false") return value === "true";
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
}

/**
 * What a flag's file has in it: text, or an object where it is JSON; undefined when the flag was not given.
 *
 * Throws an error fit to be shown.
 */
function contentOf(flagText: string, path: unknown): unknown {
  if (path === undefined) return undefined;
  let content: string;
  try {
    content = readFileSync(path as string, "utf8");
  } catch {
    throw new TypeError(`--${flagText} takes the path of a file that can be read.`);
  }
  if (!content.trimStart().startsWith("{")) return content;
  try {
    return JSON.parse(content);
  } catch {
    throw new TypeError(`--${flagText}: the file is neither PEM nor JSON.`);
  }
}

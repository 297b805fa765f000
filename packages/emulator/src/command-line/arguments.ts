import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";
import type { Switch } from "../server/switches.ts";
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

/** The parsed arguments after the provider's name. */
export interface ReadArguments {
  readonly help: boolean;
  readonly version: boolean;
  /** Options for the provider's start function. */
  readonly options: Record<string, unknown>;
  /** The registered redirect URIs, if any were given. */
  readonly redirectUris: readonly string[] | undefined;
}

/** Returns the flag name of an option: `expiringTokens` is `--expiring-tokens`. */
export function flagName(option: string): string {
  return option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Returns the switches that a command line can set: those whose values are not objects. */
export function flagSwitches({ switches }: CommandLineProvider): [string, Switch<unknown>][] {
  return Object.entries(switches).filter(([, { byDefault }]) => typeof byDefault !== "object");
}

/** Whether a switch accepts a value: with `true` it can be set as `--iss`, with `false` as `--no-iss`. */
export function accepts({ rule }: Switch<unknown>, value: unknown): boolean {
  return rule(value) === undefined;
}

/** Parses the arguments after the provider's name. Throws an error whose message can be shown to the user. */
export function readArguments(
  provider: CommandLineProvider,
  args: readonly string[],
): ReadArguments {
  const names = flagSwitches(provider).map(([name]) => name);
  const files = Object.keys(provider.fileOptions ?? {});
  const ownFlags = [...names, ...files].map((name) => [flagName(name), { type: "string" }]);
  const options: Flags = { ...COMMON_FLAGS, ...(Object.fromEntries(ownFlags) as Flags) };
  const { values } = parseArgs({ args: withValues(provider, Object.keys(options), args), options });
  const given = names.map((name) => [name, typedValue(values[flagName(name)])] as const);
  const read = files.map((name) => [name, fileContent(flagName(name), values)] as const);
  const redirectUris = values["redirect-uri"] as string[] | undefined;
  return {
    help: values["help"] === true,
    version: values["version"] === true,
    options: {
      ...Object.fromEntries([...given, ...read]),
      port: typedValue(values["port"]),
      clientId: values["client-id"],
      clientSecret: values["client-secret"],
      redirectUris,
    },
    redirectUris,
  };
}

/** Gives each bare switch its value: `--iss` becomes `--iss=true`, `--no-iss` becomes `--iss=false`. */
function withValues(
  provider: CommandLineProvider,
  flags: readonly string[],
  args: readonly string[],
): string[] {
  const switches = new Map(
    flagSwitches(provider).map(([name, entry]) => [flagName(name), entry] as const),
  );
  const negated = [...switches]
    .filter(([, entry]) => accepts(entry, false))
    .map(([flag]) => `no-${flag}`);
  const rest = [...args];
  const result: string[] = [];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name !== undefined) checkSpelling(name, [...flags, ...negated]);
    const entry = switches.get(name ?? "");
    if (name === undefined || arg.includes("=")) {
      result.push(arg);
    } else if (negated.includes(name)) {
      result.push(`--${name.slice("no-".length)}=false`);
    } else if (entry !== undefined && accepts(entry, true)) {
      const [next] = rest;
      const hasValue = next !== undefined && accepts(entry, typedValue(next));
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

/** Reads the file that a flag names: an object if it is JSON, otherwise text. */
function fileContent(flag: string, values: Readonly<Record<string, unknown>>): unknown {
  const path = values[flag];
  if (path === undefined) return undefined;
  let content: string;
  try {
    content = readFileSync(path as string, "utf8");
  } catch {
    throw new TypeError(`--${flag} takes the path of a file that can be read.`);
  }
  if (!content.trimStart().startsWith("{")) return content;
  try {
    return JSON.parse(content);
  } catch {
    throw new TypeError(`--${flag}: the file is neither PEM nor JSON.`);
  }
}

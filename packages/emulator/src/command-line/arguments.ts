import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";
import type { CommandLineProvider } from "./providers.ts";

type Flags = NonNullable<ParseArgsConfig["options"]>;

const COMMON_FLAGS: Flags = {
  help: { type: "boolean", short: "h" },
  port: { type: "string" },
  "client-id": { type: "string" },
  "client-secret": { type: "string" },
  "redirect-uri": { type: "string", multiple: true },
};

/** The name of a switch's flag: `expiringTokens` is `--expiring-tokens`. */
export function flagName(option: string): string {
  return option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The switches that fit on a command line: those that are not objects. */
export function switchNames({ defaults }: CommandLineProvider): string[] {
  return Object.keys(defaults).filter((name) => typeof defaults[name] !== "object");
}

/** Whether a switch is flipped by its bare name, `--iss` or `--no-iss`. */
export function isFlipped({ rules }: CommandLineProvider, name: string): boolean {
  return rules[name]?.(true) === undefined;
}

/** Reads what follows the provider's name into options for its start function. Throws an error fit to be shown. */
export function readArguments(
  provider: CommandLineProvider,
  args: readonly string[],
): { readonly help: boolean; readonly options: Record<string, unknown> } {
  const names = switchNames(provider);
  const switchFlags = names.map((name) => [
    flagName(name),
    { type: isFlipped(provider, name) ? "boolean" : "string" },
  ]);
  const options: Flags = { ...COMMON_FLAGS, ...(Object.fromEntries(switchFlags) as Flags) };
  const { values } = parseArgs({ args: [...args], options, allowNegative: true });
  const given = Object.fromEntries(
    names.map((name) => [name, typedValue(values[flagName(name)])] as const),
  );
  return {
    help: values["help"] === true,
    options: {
      ...given,
      port: typedValue(values["port"]),
      clientId: values["client-id"],
      clientSecret: values["client-secret"],
      redirectUris: values["redirect-uri"],
    },
  };
}

function typedValue(value: unknown): unknown {
  if (value === "true" || value === "false") return value === "true";
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
}

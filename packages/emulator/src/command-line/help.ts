import {
  fileOptionNames,
  flagName,
  isFlipped,
  isNegatable,
  isOnOff,
  switchNames,
} from "./arguments.ts";
import { providers } from "./providers.ts";
import type { CommandLineProvider } from "./providers.ts";

/** How the command is used; with a provider, its switches too. */
export function helpText(name?: string): string {
  const provider = name === undefined ? undefined : providers[name];
  const intro = `Usage: npx @grantkit/emulator ${name ?? "<provider>"} [options]

Starts a server on 127.0.0.1 that behaves as the provider does, to try and to test OAuth clients against.
${provider === undefined ? `Providers: ${Object.keys(providers).join(", ")}. Their own options: npx @grantkit/emulator <provider> --help\n` : ""}
Options
  --port <number>            port to listen on (default: a free one)
  --client-id <text>         client id of the application (default: a fixed one)
  --client-secret <text>     client secret of the application (default: a fixed one)
  --redirect-uri <url>       a registered redirect URI, may be repeated (default: any URL of this machine)
${provider === undefined ? "" : fileOptionLines(provider)}  -h, --help                 this text
  -v, --version              the version of this package
`;
  if (provider === undefined) return intro;
  const lines = switchNames(provider).map((option) => switchLine(provider, option));
  return `${intro}\nSwitches\n${lines.join("\n")}\n`;
}

function fileOptionLines(provider: CommandLineProvider): string {
  return fileOptionNames(provider)
    .map((name) => {
      const meaning = `${provider.fileOptions?.[name] ?? ""} (default: none)`;
      return `  ${`--${flagName(name)} <file>`.padEnd(26)} ${meaning}\n`;
    })
    .join("");
}

function switchLine(provider: CommandLineProvider, option: string): string {
  const rule = provider.rules[option]?.(Symbol("no value"))?.replace(/^must be /, "") ?? "";
  const onOff = isOnOff(provider, option);
  const values = isFlipped(provider, option) && !onOff ? "[=<value>]" : "";
  const flags = `--${isNegatable(provider, option) ? "[no-]" : ""}${flagName(option)}${values}`;
  const meaning = onOff ? (provider.onOffTexts[option] ?? "") : rule;
  const byDefault = JSON.stringify(provider.defaults[option]);
  return `  ${flags.padEnd(34)} ${meaning} (default: ${byDefault})`;
}

import type { Switch } from "../server/switches.ts";
import { accepts, flagName, flagSwitches } from "./arguments.ts";
import { providers } from "./providers.ts";

/** Returns the help text of the command; with a provider, also its switches. */
export function helpText(name?: string): string {
  const provider = name === undefined ? undefined : providers[name];
  const names = Object.keys(providers).join(", ");
  const files = Object.entries(provider?.fileOptions ?? {}).map(([option, meaning]) => {
    const flag = `--${flagName(option)} <file>`;
    return `  ${flag.padEnd(26)} ${meaning} (default: none)\n`;
  });
  const intro = `Usage: npx @grantkit/emulator ${name ?? "<provider>"} [options]

Starts a server on 127.0.0.1 that behaves like the provider, to try and test OAuth clients against.
${provider === undefined ? `Providers: ${names}. For a provider's switches: npx @grantkit/emulator <provider> --help\n` : ""}
Options
  --port <number>            port to listen on (default: a free one)
  --client-id <text>         client id of the application (default: a fixed one)
  --client-secret <text>     client secret of the application (default: a fixed one)
  --redirect-uri <url>       registered redirect URI, may be repeated (default: any URL of this machine)
${files.join("")}  -h, --help                 show this help
  -v, --version              show the version of this package
`;
  if (provider === undefined) return intro;
  return `${intro}\nSwitches\n${flagSwitches(provider).map(switchLine).join("\n")}\n`;
}

function switchLine([name, entry]: readonly [string, Switch<unknown>]): string {
  const values = entry.rule(Symbol("no value"))?.replace(/^must be /, "") ?? "";
  const takesValue = accepts(entry, true) && entry.whenOn === undefined;
  const negation = accepts(entry, false) ? "[no-]" : "";
  const flag = `--${negation}${flagName(name)}${takesValue ? "[=<value>]" : ""}`;
  const byDefault = JSON.stringify(entry.byDefault);
  return `  ${flag.padEnd(34)} ${entry.whenOn ?? values} (default: ${byDefault})`;
}

import { readArguments } from "./arguments.ts";
import { helpText } from "./help.ts";
import { providers } from "./providers.ts";
import type { CommandLineProvider, ShownEmulator } from "./providers.ts";

/** Where the command line writes to. */
export interface CommandLineOutput {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** What a command led to: an exit code, or an emulator that runs. */
export type CommandLineResult =
  { readonly exitCode: 0 | 1 | 2 } | { readonly exitCode: 0; readonly emulator: ShownEmulator };

const USAGE_ERROR = 2;

/** Does what the arguments after the command's name say. */
export async function runCommandLine(
  args: readonly string[],
  { print, complain }: CommandLineOutput,
): Promise<CommandLineResult> {
  const [name, ...rest] = args;
  if (name === "--help" || name === "-h") {
    print(helpText());
    return { exitCode: 0 };
  }
  const provider = Object.hasOwn(providers, name ?? "") ? providers[name ?? ""] : undefined;
  if (name === undefined || provider === undefined) {
    const problem = name === undefined ? "Name a provider" : `There is no provider "${name}"`;
    complain(`${problem}: ${Object.keys(providers).join(", ")}.\n\n${helpText()}`);
    return { exitCode: USAGE_ERROR };
  }
  try {
    const { help, options } = readArguments(provider, rest);
    if (help) {
      print(helpText(name));
      return { exitCode: 0 };
    }
    const emulator = await provider.start(options);
    print(description(name, provider, emulator));
    return { exitCode: 0, emulator };
  } catch (error) {
    complain(`${(error as Error).message}\nSee: npx @grantkit/emulator ${name} --help`);
    // Wrong flags and wrong values are TypeErrors; anything else, such as a port in use, is no matter of usage.
    return { exitCode: (error as Error).name === "TypeError" ? USAGE_ERROR : 1 };
  }
}

function description(name: string, provider: CommandLineProvider, emulator: ShownEmulator): string {
  const { clientId, clientSecret, endpoints, users, origin } = emulator;
  const example = new URL(endpoints.authorization);
  example.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: "http://localhost:3000/callback",
    response_type: "code",
    scope: provider.exampleScope,
    state: "example",
  }).toString();
  return `The emulator of ${name} runs at ${origin}. Ctrl+C stops it.

client id      ${clientId}
client secret  ${clientSecret}

endpoints
${rows(Object.entries(endpoints))}

users
${users.map((user) => `  ${summary(user)}`).join("\n")}

Try it in a browser:
  ${example.href}`;
}

/** The plain facts of a user: names, ids and addresses, not lists and pictures. */
function summary(user: object): string {
  return Object.values(user)
    .filter((value) => ["string", "number"].includes(typeof value))
    .map(String)
    .filter((value) => !value.startsWith("http"))
    .join(" · ");
}

function rows(entries: readonly (readonly [string, string])[]): string {
  const width = Math.max(...entries.map(([label]) => label.length));
  return entries.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`).join("\n");
}

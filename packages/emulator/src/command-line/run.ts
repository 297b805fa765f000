import { readFileSync } from "node:fs";
import { CALLBACK_PATH } from "../consent/application-pages.ts";
import { answeredRequests } from "../server/request-log.ts";
import type { RecordedRequest } from "../server/recorded-request.ts";
import { readArguments } from "./arguments.ts";
import { helpText } from "./help.ts";
import { providers } from "./providers.ts";
import type { CommandLineProvider, ShownEmulator } from "./providers.ts";

/** Where the command writes to. */
export interface CommandLineOutput {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** The result of a command: an exit code, or a running emulator. */
export type CommandLineResult =
  { readonly exitCode: 0 | 1 | 2 } | { readonly exitCode: 0; readonly emulator: ShownEmulator };

const USAGE_ERROR = 2;

/** Runs the command with its arguments. */
export async function runCommandLine(
  args: readonly string[],
  output: CommandLineOutput,
): Promise<CommandLineResult> {
  const [typedName, ...rest] = args;
  if (typedName === undefined) return complainOfProvider("Name a provider", output);
  if (["--help", "-h"].includes(typedName)) return printAndExit(helpText(), output);
  if (["--version", "-v"].includes(typedName)) return printAndExit(packageVersion(), output);
  const name = typedName.toLowerCase();
  const provider = Object.hasOwn(providers, name) ? providers[name] : undefined;
  if (provider === undefined) {
    return complainOfProvider(`There is no provider "${typedName}"`, output);
  }
  try {
    return await runProvider(name, provider, rest, output);
  } catch (error) {
    output.complain(`${(error as Error).message}\nSee: npx @grantkit/emulator ${name} --help`);
    // Wrong flags and values throw TypeErrors. Any other error, such as a port in use, is not a usage error.
    return { exitCode: (error as Error).name === "TypeError" ? USAGE_ERROR : 1 };
  }
}

async function runProvider(
  name: string,
  provider: CommandLineProvider,
  args: readonly string[],
  output: CommandLineOutput,
): Promise<CommandLineResult> {
  const { help, version, options, redirectUris } = readArguments(provider, args);
  if (help) return printAndExit(helpText(name), output);
  if (version) return printAndExit(packageVersion(), output);
  const emulator = await provider.start(options);
  // Once redirect URIs are registered, the emulator's own callback page is not one of them.
  const redirectUri = redirectUris?.[0] ?? emulator.origin + CALLBACK_PATH;
  output.print(description(name, provider, emulator, redirectUri));
  const stopPrinting = printSignatureMismatches(output.print);
  const close = (): Promise<void> => {
    stopPrinting();
    return emulator.close();
  };
  return { exitCode: 0, emulator: { ...emulator, close } };
}

function printAndExit(text: string, { print }: CommandLineOutput): CommandLineResult {
  print(text);
  return { exitCode: 0 };
}

function complainOfProvider(problem: string, { complain }: CommandLineOutput): CommandLineResult {
  complain(`${problem}: ${Object.keys(providers).join(", ")}.\n\n${helpText()}`);
  return { exitCode: USAGE_ERROR };
}

function packageVersion(): string {
  // The same relative path in src and in dist.
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

/**
 * Prints the base string of each OAuth 1.0a signature that does not match: on the command line there is no other way to the
 * request log. Returns a function that stops it.
 */
function printSignatureMismatches(print: (text: string) => void): () => void {
  const report = (request: unknown): void => {
    const { method, path, signatureBaseString } = request as RecordedRequest;
    if (signatureBaseString === undefined) return;
    print(
      `\n${method} ${path}: the signature does not match. Compare your base string with this one:\n${signatureBaseString}`,
    );
  };
  answeredRequests.subscribe(report);
  return () => {
    answeredRequests.unsubscribe(report);
  };
}

function description(
  name: string,
  { otherUrls, exampleUrl }: CommandLineProvider,
  emulator: ShownEmulator,
  redirectUri: string,
): string {
  const { clientId, clientSecret, endpoints, users, origin } = emulator;
  return `The emulator of ${name} runs at ${origin}. Ctrl+C stops it.

client id      ${clientId}
client secret  ${clientSecret}

endpoints
${rows(Object.entries({ ...endpoints, ...otherUrls(origin) }))}

users
${users.map((user) => `  ${summary(user)}`).join("\n")}

Try it in a browser:
  ${exampleUrl(emulator, redirectUri)}`;
}

/** Lists the names, ids and addresses of a user, without lists and pictures. */
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

import { parseArgs } from "node:util";
import { type Environment, wantedPort } from "./settings.ts";
import type { TypedIssuer } from "./targets/typed/issuer.ts";

const OPTIONS = {
  issuer: { type: "string" },
  "client-id": { type: "string" },
  "client-secret-env": { type: "string" },
  scope: { type: "string", multiple: true },
  trust: { type: "string", multiple: true },
  port: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** What `--help` prints. */
export const HELP = `npm run demo -- [options]

  --issuer URL               open on this issuer: its metadata is fetched
  --client-id ID             the client ID that the issuer gave your app
  --client-secret-env NAME   the environment variable that has the client secret; none for a public client
  --scope "A B"              the scopes of a sign-in
  --trust ORIGIN             another server that the issuer's metadata names; may be given several times
  --port PORT                3000 by default, or the next one that is free; also the environment variable PORT
  --help                     print this

npm run demo -- --issuer http://localhost:8080/realms/acme --client-id playground`;

/** An issuer from the command line, and the other servers that its endpoints may be on. */
export interface IssuerArgument extends TypedIssuer {
  readonly trust: readonly string[];
}

/** What the command line asks for. */
export interface CommandLine {
  readonly help: boolean;
  readonly port: number;
  readonly issuer: IssuerArgument | undefined;
}

/**
 * Reads the arguments of `npm run demo`.
 *
 * @throws Error that says which argument is wrong, and how it is right.
 */
export function readCommandLine(args: readonly string[], environment: Environment): CommandLine {
  refuseUnknown(args);
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const { port, help = false } = values;
  return {
    help,
    port: wantedPort(port ?? environment["PORT"], port === undefined ? "PORT" : "--port"),
    issuer: issuerOf(values, environment),
  };
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

function issuerOf(values: Values, environment: Environment): IssuerArgument | undefined {
  const { issuer, scope, trust } = values;
  const clientId = values["client-id"];
  const variable = values["client-secret-env"];
  if (issuer === undefined) {
    if ((clientId ?? variable ?? scope ?? trust) === undefined) return undefined;
    throw new Error(
      "--client-id, --client-secret-env, --scope and --trust belong to an issuer: add --issuer URL.",
    );
  }
  return {
    issuer,
    clientId,
    clientSecret: variable === undefined ? undefined : secretIn(environment, variable),
    scope: scope?.flatMap((each) => each.split(/[\s,]+/)),
    trust: trust?.map(originOf) ?? [],
  };
}

function refuseUnknown(args: readonly string[]): void {
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "positional") {
      throw new Error(`${JSON.stringify(token.value)} is not an option. See --help.`);
    }
    if (token.kind === "option" && !Object.hasOwn(OPTIONS, token.name)) {
      throw new Error(adviceFor(token.name));
    }
  }
}

function adviceFor(name: string): string {
  if (name === "client-secret") {
    return "Other programs can read the command line: set an environment variable to the secret, and pass its name with --client-secret-env NAME.";
  }
  const [nearest] = Object.keys(OPTIONS).toSorted((a, b) => common(b, name) - common(a, name));
  return nearest !== undefined && common(nearest, name) > 0
    ? `--${name} is not an option; did you mean --${nearest}? See --help.`
    : `--${name} is not an option. See --help.`;
}

/** How many pairs of neighboring letters two names share. */
function common(one: string, other: string): number {
  const pairs = Array.from({ length: one.length - 1 }, (_, at) => one.slice(at, at + 2));
  return pairs.filter((pair) => other.includes(pair)).length;
}

function secretIn(environment: Environment, variable: string): string {
  const secret = environment[variable];
  if (secret) return secret;
  throw new Error(`The environment variable ${variable} of --client-secret-env is not set.`);
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new Error("--trust must be an origin, for example https://oauth2.example.com.");
}

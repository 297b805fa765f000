import { authenticationChoice, usesSecret } from "../client/client-options.ts";
import type { Target } from "../targets/target.ts";
import type { FormValues } from "./form-values.ts";

/** What a program has below its client. */
export interface Body {
  readonly lines: string;
  /** What it imports from `@grantkit/core`: `type Token`. */
  readonly imports?: readonly string[];
  /** Further options of the client. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Renders a program that makes the target's client as the person chose, and does something with it. */
export function program(
  target: Target,
  values: FormValues,
  { lines, imports = [], options: further = {} }: Body,
): string {
  const { module, className, issuer, provider } = target.code;
  const { options, imports: ofOptions } = clientOptionsCode(target, values, further);
  const names = new Map([["@grantkit/core", [...imports, ...ofOptions]]]);
  if (ofOptions.includes(IMPORTED.tls)) names.set("node:https", ["Agent"]);
  names.set(module, [className, ...(names.get(module) ?? [])]);
  if (provider) names.set(provider.module, [provider.name, ...(names.get(provider.module) ?? [])]);
  const first = provider ? `${provider.code}, ` : "";
  const make =
    issuer === undefined
      ? `new ${className}(${first}${options})`
      : `await ${className}.discover(${JSON.stringify(issuer)}, ${options})`;
  return `${importsCode(names)}\nconst client = ${make};\n\n${lines.trim()}\n`;
}

/** Renders import statements, by module. */
export function importsCode(names: ReadonlyMap<string, readonly string[]>): string {
  return [...names]
    .filter(([, each]) => each.length > 0)
    .map(([module, each]) => {
      const sorted = [...new Set(each)].toSorted((a, b) => plain(a).localeCompare(plain(b)));
      return `import { ${sorted.join(", ")} } from ${JSON.stringify(module)};\n`;
    })
    .join("");
}

const plain = (name: string): string => name.replace("type ", "");

const IMPORTED = {
  client_secret_jwt: "clientSecretJwt",
  private_key_jwt: "privateKeyJwt",
  tls: "tlsClientAuth",
} as const;

const TLS_AGENT = `new Agent({ cert: ${secretCode("TLS_CERTIFICATE")}, key: ${secretCode("TLS_KEY")} })`;

function clientOptionsCode(
  { code: { extra } }: Target,
  values: FormValues,
  further: Readonly<Record<string, unknown>>,
): { readonly options: string; readonly imports: readonly string[] } {
  const choice = authenticationChoice(values);
  const kind = {
    client_secret_jwt: raw("clientSecretJwt()"),
    private_key_jwt: raw(`privateKeyJwt({ key: ${secret("PRIVATE_KEY").code} })`),
    tls: raw("tlsClientAuth()"),
  };
  const made = choice !== undefined && choice in kind ? (choice as keyof typeof kind) : undefined;
  const options = {
    clientId: values.text("client_id") ?? secret("CLIENT_ID"),
    clientSecret: usesSecret(choice) ? secret("CLIENT_SECRET") : undefined,
    redirectUri: values.text("redirect_uri") ?? "https://app.example.com/callback",
    clientAuthentication: made ? kind[made] : choice,
    // Connections have the certificate.
    http: made === "tls" ? { httpsAgent: raw(TLS_AGENT) } : undefined,
    // Tokens that are stored need a key that is stored with them.
    dpop: values.isOn("dpop") ? true : undefined,
    ...extra,
    ...further,
  };
  return { options: optionsCode(options), imports: made ? [IMPORTED[made]] : [] };
}

/** Code that is put in as it is, where a value would be quoted. */
class Raw {
  readonly code: string;
  constructor(code: string) {
    this.code = code;
  }
}
export const raw = (code: string): Raw => new Raw(code);

/** A secret, which the program reads from its environment. */
export const secret = (name: string): Raw => raw(secretCode(name));

function secretCode(name: string): string {
  return `process.env[${JSON.stringify(name)}] ?? ""`;
}

/** Renders the options of a call; nothing if there are none. */
export function optionsCode(options: object, indent = ""): string {
  const entries = Object.entries(options).filter(([, part]) => part !== undefined);
  return entries.length === 0 ? "" : valueCode(Object.fromEntries(entries), indent);
}

/** Renders a value as TypeScript. */
export function valueCode(value: unknown, indent = ""): string {
  if (value instanceof Raw) return value.code;
  if (Array.isArray(value)) return `[${value.map((item) => valueCode(item, indent)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  if (entries.length === 0) return "{}";
  const lines = entries.map(([name, part]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    return `${inner}${key}: ${valueCode(part, inner)},\n`;
  });
  return `{\n${lines.join("")}${indent}}`;
}

import type { Target } from "../targets/target.ts";
import type { FormValues } from "./form-values.ts";

/** Renders the statement that makes the client. Secrets come from the environment. */
export function clientCode(target: Target, values: FormValues): string {
  const { module, className, extra = {} } = target.code;
  const options = {
    clientId: values.text("client_id") ?? raw("process.env.CLIENT_ID"),
    clientSecret: raw("process.env.CLIENT_SECRET"),
    redirectUri: values.text("redirect_uri") ?? "https://app.example.com/callback",
    ...extra,
  };
  return `import { ${className} } from "${module}";

const client = new ${className}(${optionsCode(options)});`;
}

/** Code that is put in as it is, where a value would be quoted. */
class Raw {
  readonly code: string;
  constructor(code: string) {
    this.code = code;
  }
}
export const raw = (code: string): Raw => new Raw(code);

/** Renders a value as TypeScript. */
export function optionsCode(value: unknown, indent = ""): string {
  if (value instanceof Raw) return value.code;
  if (Array.isArray(value)) return `[${value.map((item) => optionsCode(item, indent)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  if (entries.length === 0) return indent === "" ? "" : "{}";
  const lines = entries.map(([name, part]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    return `${inner}${key}: ${optionsCode(part, inner)},\n`;
  });
  return `{\n${lines.join("")}${indent}}`;
}

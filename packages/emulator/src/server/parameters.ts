import type { EmulatorContext } from "./request-log.ts";

/** Request parameters by name. */
export type WireParameters = Readonly<Record<string, string | undefined>>;

/** Returns the parameters in the query. */
export function queryParameters(c: EmulatorContext): WireParameters {
  return c.get("received").query;
}

/** Returns the parameters in a form or JSON body. */
export function bodyParameters(c: EmulatorContext): WireParameters {
  const entries = Object.entries(c.get("received").body)
    .filter(([, value]) => typeof value === "string" || typeof value === "number")
    .map(([name, value]) => [name, String(value)]);
  return Object.fromEntries(entries) as WireParameters;
}

/** Returns the parameters in the query and the body. Those in the body take precedence. */
export function allParameters(c: EmulatorContext): WireParameters {
  return { ...queryParameters(c), ...bodyParameters(c) };
}

/** A request context with access to headers. */
export interface WithHeaders {
  readonly req: { header(name: string): string | undefined };
}

/** Returns the credentials of an `Authorization` header with this scheme, or undefined. */
export function authorizationHeader(c: WithHeaders, scheme: string): string | undefined {
  const [given, ...rest] = (c.req.header("authorization") ?? "").split(" ");
  return given?.toLowerCase() === scheme.toLowerCase() ? rest.join(" ").trim() : undefined;
}

/** Returns the user name and the password of HTTP Basic authentication, or undefined. */
export function basicCredentials(
  c: WithHeaders,
): { readonly name: string; readonly password: string } | undefined {
  const encoded = authorizationHeader(c, "basic");
  if (encoded === undefined) return undefined;
  const [name = "", ...password] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  // RFC 6749 section 2.3.1: name and password are form-encoded before they are joined.
  return { name: formDecoded(name), password: formDecoded(password.join(":")) };
}

function formDecoded(text: string): string {
  return new URLSearchParams(`value=${text.replaceAll("&", "%26")}`).get("value") ?? "";
}

/** Splits a delimited list, and drops empty and repeated items. */
export function delimitedList(text: string | undefined, delimiter: RegExp = /\s+/): string[] {
  return [...new Set((text ?? "").split(delimiter).filter((item) => item !== ""))];
}

import { maskField, maskHeaders, maskJsonField } from "./masking.ts";

/** A parameter, a header field or a field of JSON, for a line of its own. */
export interface MessagePart {
  readonly name: string;
  readonly value: string;
  /** The same as `value` if it has no secret in it. */
  readonly masked: string;
}

/** Lists the header fields. */
export function headerParts(headers: Readonly<Record<string, string>> = {}): MessagePart[] {
  return Object.entries(headers).map(([name, value]) => ({
    name,
    value,
    masked: maskHeaders({ [name]: value })[name] ?? "",
  }));
}

/** Lists the parameters of a query or a form. */
export function formParts(form: string): MessagePart[] {
  const fields = new URLSearchParams(form);
  const signatureMethod = fields.get("oauth_signature_method") ?? undefined;
  return [...fields].map(([name, value]) => ({
    name,
    value,
    masked: maskField(name, value, signatureMethod),
  }));
}

/** Lists the parameters of a URL's query and of its fragment. */
export function urlParts(url: string): MessagePart[] {
  const { search, hash } = new URL(url);
  return [...formParts(search), ...(hash.includes("=") ? formParts(hash.slice(1)) : [])];
}

/** Lists the fields of a body that is a form or a JSON object; undefined for any other. */
export function bodyParts(body: string): MessagePart[] | undefined {
  const text = body.trim();
  if (text.startsWith("{")) return jsonParts(text);
  return /^[\w.~%[\]-]+=[^\s<>]*$/.test(text) ? formParts(text) : undefined;
}

function jsonParts(text: string): MessagePart[] | undefined {
  try {
    return Object.entries(JSON.parse(text) as object).map(([name, value]: [string, unknown]) => ({
      name,
      value: textOf(value),
      masked: textOf(maskJsonField(name, value)),
    }));
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

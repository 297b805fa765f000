import { ownFields } from "../options/own-fields.ts";

/** The deepest nesting that a response or a token may have. */
const DEEPEST = 32;

/** A body parsed as an object, or the reason why it cannot be. */
export type ParsedBody =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly reason: string };

/**
 * Parses a response body that should be an object: JSON of any content type (some providers send `text/javascript`), or a
 * form. The reason never quotes the body, which may hold a token.
 */
export function parseBody(body: Uint8Array, contentType: string | undefined): ParsedBody {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body).trim();
  } catch {
    return { ok: false, reason: "the body is not UTF-8 text" };
  }
  if (text === "") return { ok: false, reason: "the body is empty" };
  if (text.startsWith("{") || /json|javascript/i.test(contentType ?? "")) return parseJson(text);
  if (/^[\w.~%-]+=/.test(text)) return parseForm(text);
  return { ok: false, reason: "the body is neither JSON nor a form" };
}

function parseJson(text: string): ParsedBody {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: "the body is not valid JSON" };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ok: false, reason: "the body is not a JSON object" };
  }
  if (!tidyJson(value)) return { ok: false, reason: "the body is nested too deeply" };
  return { ok: true, value: ownFields(value as Record<string, unknown>) };
}

/** Parses a body that is no object, as some error responses are: a JSON list or a text; undefined for any other, and an empty one. */
export function parseListOrText(body: Uint8Array): readonly unknown[] | string | undefined {
  const value = jsonOrText(new TextDecoder().decode(body).trim());
  if (typeof value === "string") return value;
  const isFilled = Array.isArray(value) && value.length > 0;
  return isFilled && tidyJson(value) ? value : undefined;
}

function parseForm(text: string): ParsedBody {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.has(name)) return { ok: false, reason: "the body repeats a field" };
    if (name !== "__proto__") fields.set(name, value);
  }
  return { ok: true, value: ownFields(Object.fromEntries(fields)) };
}

/**
 * Checks how deeply a parsed JSON value is nested, and removes every `__proto__` field from it: `Object.assign()` would
 * make one the prototype of its target.
 *
 * @returns false for a value that is nested more deeply than {@link DEEPEST}.
 */
export function tidyJson(value: object, levels: number = DEEPEST): boolean {
  if (levels < 0) return false;
  if (Object.hasOwn(value, "__proto__")) Reflect.deleteProperty(value, "__proto__");
  // No list of the values: a megabyte of small objects would need hundreds.
  for (const name in value) {
    if (!Object.hasOwn(value, name)) continue;
    const part = (value as Record<string, unknown>)[name];
    if (typeof part === "object" && part !== null && !tidyJson(part, levels - 1)) return false;
  }
  return true;
}

/** Parses a body's text as JSON; any other text stays text, and no text is undefined. */
export function jsonOrText(text: string | undefined): unknown {
  if (text === undefined || text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

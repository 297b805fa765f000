import { isObject } from "../options/option-rules.ts";

/** Reads an object from JSON; for stores. Returns undefined for a text that is not JSON, or not an object. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

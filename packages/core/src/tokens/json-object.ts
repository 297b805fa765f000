import { isObject } from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";

/** Reads the fields of an object from JSON; for stores. Returns undefined for a text that is not JSON, or not an object. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) && !Array.isArray(parsed) ? ownFields(parsed) : undefined;
  } catch {
    return undefined;
  }
}

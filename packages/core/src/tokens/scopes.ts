import { mustBeListOf, type OptionRule } from "../options/option-rules.ts";

/** How the granted scope differs from the requested one. */
export interface ScopeChange {
  /** Scopes that were requested and not granted. */
  readonly missing: readonly string[];
  /** Scopes that were granted and not requested. */
  readonly additional: readonly string[];
}

/** Splits a scope as a provider wrote it into a list without repetitions. */
export function parseScope(text: string, delimiter = " "): string[] {
  const names = text.split(delimiter).flatMap((part) => part.split(/\s+/));
  return [...new Set(names)].filter((name) => name !== "");
}

/**
 * Compares scopes as sets.
 *
 * @param aliases - Names under which a scope comes back: requested → granted.
 * @returns undefined when they are the same.
 */
export function compareScopes(
  requested: readonly string[],
  granted: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): ScopeChange | undefined {
  const canonical = (name: string): string =>
    Object.hasOwn(aliases, name) ? (aliases[name] as string) : name;
  const asked = new Set(requested.map(canonical));
  const given = new Set(granted.map(canonical));
  const missing = requested.filter((name) => !given.has(canonical(name)));
  const additional = granted.filter((name) => !asked.has(canonical(name)));
  return missing.length === 0 && additional.length === 0 ? undefined : { missing, additional };
}

/** Takes a list of scope names (RFC 6749 §3.3). */
export const mustBeScope: OptionRule = mustBeListOf(
  'strings, one entry a scope: ["read", "write"]',
  "be one scope name, without spaces, quotes or backslashes",
  (name) => typeof name === "string" && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(name),
);

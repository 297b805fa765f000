import { mustBeListOf } from "../options/option-rules.ts";

/** How the granted scope differs from the one asked for. */
export interface ScopeChange {
  /** Asked for and not granted. */
  readonly missing: readonly string[];
  /** Granted without having been asked for. */
  readonly additional: readonly string[];
}

/** A scope as a provider wrote it, as a set in the order of its first mention. */
export function parseScope(text: string, delimiter = " "): string[] {
  return [...new Set(text.split(delimiter).flatMap((part) => part.split(/\s+/)))].filter(
    (name) => name !== "",
  );
}

/** Compares scopes as sets, each name by its canonical form; undefined when they are the same. */
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

const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Takes a list of scope names (RFC 6749 §3.3). */
export const mustBeScope = mustBeListOf(
  'strings, one entry a scope: ["read", "write"]',
  "be one scope name, without spaces, quotes or backslashes",
  (name) => typeof name === "string" && SCOPE_TOKEN.test(name),
);

import type { OptionRule } from "../options/option-rules.ts";
import type { TokenStore } from "./token-store.ts";

const METHODS: readonly (keyof TokenStore)[] = [
  "get",
  "compareAndSet",
  "delete",
  "keys",
  "withLock",
  "check",
  "close",
];

/** Takes a `TokenStore`; it is required. */
export const mustBeTokenStore: OptionRule = (value, name) => {
  const methods = (value ?? {}) as Readonly<Record<string, unknown>>;
  const missing = METHODS.filter((method) => typeof methods[method] !== "function");
  return missing.length > 0
    ? [`${name} must be a TokenStore; it has no ${missing.join("(), ")}()`]
    : [];
};

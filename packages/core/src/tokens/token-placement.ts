import { must, type OptionRule } from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";

/**
 * Where an access token goes in a request (RFC 6750 §2).
 *
 * `"header"` is `Authorization: Bearer …`; `"query"` is `?access_token=…`; `"body"` is a form field
 * `access_token`. The long forms name another scheme or field.
 */
export type TokenPlacement =
  | "header"
  | "query"
  | "body"
  | { readonly in: "header"; readonly scheme?: string }
  | { readonly in: "query"; readonly name?: string }
  | { readonly in: "body"; readonly name?: string };

/** A placement with its defaults. */
export interface ResolvedPlacement {
  readonly in: "header" | "query" | "body";
  /** The scheme for a header, the field's name otherwise. */
  readonly name: string;
}

const DEFAULTS: Readonly<Record<string, ResolvedPlacement>> = {
  header: { in: "header", name: "Bearer" },
  query: { in: "query", name: "access_token" },
  body: { in: "body", name: "access_token" },
};

/** Fills in the defaults of a placement; undefined for a value that is not a placement. */
export function resolvePlacement(placement: unknown): ResolvedPlacement | undefined {
  const form = ownFields(typeof placement === "string" ? { in: placement } : (placement ?? {})) as {
    readonly in?: unknown;
    readonly scheme?: unknown;
    readonly name?: unknown;
  };
  const usual =
    typeof form.in === "string" && Object.hasOwn(DEFAULTS, form.in) ? DEFAULTS[form.in] : undefined;
  const name = usual && ((usual.in === "header" ? form.scheme : form.name) ?? usual.name);
  return usual && typeof name === "string" && /^[\w.~-]+$/.test(name)
    ? { in: usual.in, name }
    : undefined;
}

/** Fills in the defaults of a placement that was checked before. */
export function checkedPlacement(placement: TokenPlacement): ResolvedPlacement {
  return resolvePlacement(placement) as ResolvedPlacement;
}

/** Takes a token placement. */
export const mustBePlacement: OptionRule = must(
  'be "header", "query", "body" or { in, scheme or name }',
  (value) => resolvePlacement(value) !== undefined,
);

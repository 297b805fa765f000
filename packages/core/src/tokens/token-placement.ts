import { must } from "../options/option-rules.ts";

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

/** A placement with its defaults filled in. */
export interface ResolvedPlacement {
  readonly in: "header" | "query" | "body";
  /** The scheme for a header, the field's name otherwise. */
  readonly name: string;
}

const HEADER: ResolvedPlacement = { in: "header", name: "Bearer" };
const QUERY: ResolvedPlacement = { in: "query", name: "access_token" };
const BODY: ResolvedPlacement = { in: "body", name: "access_token" };

/** Fills in the defaults; undefined for what is no placement. */
export function resolvePlacement(placement: unknown): ResolvedPlacement | undefined {
  if (placement === "header") return HEADER;
  if (placement === "query") return QUERY;
  if (placement === "body") return BODY;
  return typeof placement === "object" && placement !== null
    ? resolveLongForm(placement as Record<string, unknown>)
    : undefined;
}

/** Fills in the defaults of a placement that was checked before. */
export function checkedPlacement(placement: TokenPlacement): ResolvedPlacement {
  return resolvePlacement(placement) ?? HEADER;
}

function resolveLongForm(placement: Record<string, unknown>): ResolvedPlacement | undefined {
  const { in: where } = placement;
  if (where !== "header" && where !== "query" && where !== "body") return undefined;
  const name =
    where === "header" ? (placement["scheme"] ?? "Bearer") : (placement["name"] ?? "access_token");
  return typeof name === "string" && /^[\w.~-]+$/.test(name) ? { in: where, name } : undefined;
}

/** Takes a token placement. */
export const mustBePlacement = must(
  'be "header", "query", "body" or { in, scheme or name }',
  (value) => resolvePlacement(value) !== undefined,
);

/** The query of a URL with the token in it; fragment and other parameters stay as they are. */
export function placeInUrl(url: string, name: string, accessToken: string): string {
  const [location = "", fragment] = url.split("#", 2);
  const separator = location.includes("?") ? (/[?&]$/.test(location) ? "" : "&") : "?";
  const field = new URLSearchParams({ [name]: accessToken }).toString();
  return `${location}${separator}${field}${fragment === undefined ? "" : `#${fragment}`}`;
}

/**
 * A form body with the token in it; undefined for a body that is not a form.
 * An absent body becomes a form that has the token alone.
 */
export function placeInBody(
  body: unknown,
  name: string,
  accessToken: string,
): URLSearchParams | undefined {
  if (
    body !== undefined &&
    body !== null &&
    typeof body !== "string" &&
    !(body instanceof URLSearchParams)
  ) {
    return undefined;
  }
  const form = new URLSearchParams(body ?? "");
  form.set(name, accessToken);
  return form;
}

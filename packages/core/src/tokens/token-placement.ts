import { must, type OptionRule } from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";

/**
 * Where an access token goes in a request (RFC 6750 §2).
 *
 * `"header"` is `Authorization: Bearer …`; `"query"` is `?access_token=…`; `"body"` is a form field
 * `access_token`. The long forms name another scheme, field or header: `{ in: "header", name: "X-Shopify-Access-Token" }`
 * sends the token there (Shopify), and then without a scheme unless one is given.
 */
export type TokenPlacement =
  | "header"
  | "query"
  | "body"
  | { readonly in: "header"; readonly name?: string; readonly scheme?: string }
  | { readonly in: "query"; readonly name?: string }
  | { readonly in: "body"; readonly name?: string };

/** A placement with its defaults. */
export interface ResolvedPlacement {
  readonly in: "header" | "query" | "body";
  /** The name of the header or the field. */
  readonly name: string;
  /** What stands before the token in a header, with its space; empty for no scheme. */
  readonly prefix: string;
}

/** The header of a token whose placement names none. */
export const AUTHORIZATION = "Authorization";

const FIELD = /^[\w.~-]+$/;
/** The name of a header (RFC 9110 §5.6.2). */
export const HEADER_NAME: RegExp = /^[\w!#$%&'*+.^`|~-]+$/;
/** Headers that say something else. Some of them follow a redirect to another origin. */
const TAKEN =
  /^(?:accept(?:-.*)?|cache-control|connection|content-.*|cookie|date|dpop|expect|forwarded|host|if-.*|keep-alive|origin|proxy-.*|range|referer|te|trailer|transfer-encoding|upgrade|user-agent|via|__proto__)$/i;

/** Fills in the defaults of a placement; undefined for a value that is not a placement. */
export function resolvePlacement(placement: unknown): ResolvedPlacement | undefined {
  const form = ownFields(typeof placement === "string" ? { in: placement } : (placement ?? {})) as {
    readonly in?: unknown;
    readonly scheme?: unknown;
    readonly name?: unknown;
  };
  if (form.in === "header") return inHeader(form.name, form.scheme);
  if (form.in !== "query" && form.in !== "body") return undefined;
  const { name = "access_token" } = form;
  return isText(name, FIELD) ? { in: form.in, name, prefix: "" } : undefined;
}

function inHeader(name: unknown, given: unknown): ResolvedPlacement | undefined {
  const scheme = given ?? (name === undefined ? "Bearer" : undefined);
  const header = name ?? AUTHORIZATION;
  if (!isText(header, HEADER_NAME) || TAKEN.test(header)) return undefined;
  if (scheme === undefined) return { in: "header", name: header, prefix: "" };
  return isText(scheme, FIELD) ? { in: "header", name: header, prefix: `${scheme} ` } : undefined;
}

function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === "string" && pattern.test(value);
}

/** A placement in the words of its options. */
export function spelledOut({ in: where, name, prefix }: ResolvedPlacement): TokenPlacement {
  if (where !== "header") return { in: where, name };
  const scheme = prefix.trimEnd();
  if (isAuthorization(name) && scheme !== "") return { in: where, scheme };
  return scheme === "" ? { in: where, name } : { in: where, name, scheme };
}

/** Whether a header is `Authorization`. */
export function isAuthorization(header: string): boolean {
  return header.length === AUTHORIZATION.length && header.toLowerCase() === "authorization";
}

/** Fills in the defaults of a placement that was checked before. */
export function checkedPlacement(placement: TokenPlacement): ResolvedPlacement {
  return resolvePlacement(placement) as ResolvedPlacement;
}

/** Takes a token placement. */
export const mustBePlacement: OptionRule = must(
  'be "header", "query", "body" or { in, scheme or name }; a header must not be one with another meaning',
  (value) => resolvePlacement(value) !== undefined,
);

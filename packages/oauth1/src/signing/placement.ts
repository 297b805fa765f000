import { mustBeOneOf, type OptionRule } from "@grantkit/core/requests";
import { type EncodedParameter, formOf } from "./parameters.ts";

/** Where the OAuth parameters of a request go (RFC 5849 §3.5): its header, its query, or its form body. */
export type SignatureType = "header" | "query" | "body";

/** Takes a place for the OAuth parameters. */
export const mustBeSignatureType: OptionRule = mustBeOneOf("header", "query", "body");

/** The `Authorization` header (RFC 5849 §3.5.1); the realm is a quoted string (RFC 9110 §5.6.4), unlike the others. */
export function authorizationHeader(
  parameters: readonly EncodedParameter[],
  realm: string | undefined,
): string {
  let header = "OAuth ";
  if (realm !== undefined) header += `realm="${realm.replaceAll(/["\\]/g, String.raw`\$&`)}", `;
  for (const { name, value } of parameters) header += `${name}="${value}", `;
  return header.slice(0, -2);
}

/** A URL with the parameters after its query, which stays as it is, byte for byte (RFC 5849 §3.5.3). */
export function withQuery(href: string, parameters: readonly EncodedParameter[]): string {
  const start = href.indexOf("?");
  if (start < 0) return `${href}?${formOf(parameters)}`;
  // A further "?" is part of the query.
  return href.slice(0, start + 1) + withForm(href.slice(start + 1), parameters);
}

/** A form, or a query, with the parameters after its own (RFC 5849 §3.5.2). */
export function withForm(form: string, parameters: readonly EncodedParameter[]): string {
  const separator = form === "" || form.endsWith("&") ? "" : "&";
  return `${form}${separator}${formOf(parameters)}`;
}

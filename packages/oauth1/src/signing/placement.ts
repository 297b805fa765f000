import { mustBeOneOf, type OptionRule } from "@grantkit/core/requests";
import { unsignable } from "../errors.ts";
import { formOf, type SentParameter } from "./parameters.ts";
import { FORM_TYPE, mediaType, type ReadBody } from "./request-body.ts";

/** Where the OAuth parameters of a request go (RFC 5849 §3.5): into its header, its query, or its form body. */
export type SignatureType = "header" | "query" | "body";

/** Takes a place for the OAuth parameters. */
export const mustBeSignatureType: OptionRule = mustBeOneOf("header", "query", "body");

/** The `Authorization` header (RFC 5849 §3.5.1); the realm is a quoted string (RFC 9110 §5.6.4), unlike the others. */
export function authorizationHeader(
  parameters: readonly SentParameter[],
  realm: string | undefined,
): string {
  let header = "OAuth ";
  if (realm !== undefined) header += `realm="${realm.replaceAll(/["\\]/g, String.raw`\$&`)}", `;
  for (const { name, value } of parameters) header += `${name}="${value}", `;
  return header.slice(0, -2);
}

/** A URL with the parameters appended to its query, which stays the same byte for byte (RFC 5849 §3.5.3). */
export function withQuery(href: string, parameters: readonly SentParameter[]): string {
  const start = href.indexOf("?");
  if (start < 0) return `${href}?${formOf(parameters)}`;
  // A further "?" is part of the query.
  return href.slice(0, start + 1) + withForm(href.slice(start + 1), parameters);
}

/** A form or a query with the parameters appended (RFC 5849 §3.5.2). */
export function withForm(form: string, parameters: readonly SentParameter[]): string {
  const separator = form === "" || form.endsWith("&") ? "" : "&";
  return `${form}${separator}${formOf(parameters)}`;
}

/** The parts of a request that decide where its signature can go. */
interface Placement {
  readonly method: string;
  readonly body: ReadBody;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
}

/** @throws OAuthError with code `REQUEST_UNSIGNABLE` if the signature cannot go where the signature type says. */
export function checkPlacement(
  type: SignatureType,
  { method, body, contentType, authorization }: Placement,
): void {
  const isBodiless = method === "GET" || method === "HEAD";
  const isForm = body.kind === "form" || (body.kind === "none" && isFormType(contentType));
  if (type === "body" && !isForm) {
    throw unsignable(
      'signatureType "body" puts the OAuth parameters into a form, and its body is no form. Use signatureType "header"',
    );
  }
  if (isBodiless && (type === "body" || (body.kind === "form" && body.text !== ""))) {
    throw unsignable(
      `a ${method} request should have no form in its body. Put parameters into the query, or use POST`,
    );
  }
  if (type === "header" && authorization !== undefined) {
    throw unsignable(
      'it has an Authorization header already, which the signature would replace. Leave the header out, or use signatureType "query"',
    );
  }
}

/** Whether a body may become a form: no Content-Type says otherwise. */
function isFormType(contentType: string | undefined): boolean {
  return (mediaType(contentType) ?? FORM_TYPE) === FORM_TYPE;
}

import { OAuthError } from "@grantkit/core";

/** Unreserved characters only (RFC 3986 §2.3). */
const UNRESERVED = /^[\w.~-]*$/;
/** What RFC 5849 §3.6 encodes and encodeURIComponent does not. */
const LEFT_OUT = ["!", "'", "(", ")", "*"];

const escapeOf = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/**
 * Percent-encodes the UTF-8 of a text, all but the unreserved characters (RFC 5849 §3.6).
 *
 * @throws OAuthError with code `REQUEST_UNSIGNABLE` for half of a surrogate pair, which UTF-8 cannot encode.
 */
export function percentEncode(text: string): string {
  return UNRESERVED.test(text) ? text : encodeReserved(text);
}

/** {@link percentEncode} for a text that is known to have reserved characters, as a URL. */
export function encodeReserved(text: string): string {
  try {
    return LEFT_OUT.reduce(
      (encoded, character) => withEach(encoded, character, escapeOf(character)),
      encodeURIComponent(text),
    );
  } catch {
    throw new OAuthError(
      "REQUEST_UNSIGNABLE",
      "The request cannot be signed: a text in it has half of a surrogate pair, which is no character. Was it cut in the middle of an emoji?",
    );
  }
}

/** A text with each `part` replaced. Of a million parts, `replaceAll` would take seven times as long. */
export function withEach(text: string, part: string, replacement: string): string {
  return text.includes(part) ? text.split(part).join(replacement) : text;
}

/** What URL parsers leave raw in a query, though no URI may have it (RFC 3986 §3.4) and some servers refuse it. */
const RAW_IN_QUERY = /[[\]{}|\\^`]/g;

/**
 * A URL, absolute or relative, whose query has no raw brackets, braces, bars, backslashes, carets and backticks: they are
 * percent-encoded, which changes no signature.
 */
export function withEncodedQuery(url: string): string {
  const [, start = "", query = "", end = ""] = /^([^?#]*\?)([^#]*)(.*)$/s.exec(url) ?? [];
  const encoded = query.replace(RAW_IN_QUERY, escapeOf);
  return encoded === query ? url : `${start}${encoded}${end}`;
}

/** Decodes a name or value of a form or query; undefined if it is not percent-encoded UTF-8. */
export function formDecode(text: string): string | undefined {
  return percentDecode(withEach(text, "+", " "));
}

/** Percent-decodes a text; undefined if it is not percent-encoded UTF-8. */
export function percentDecode(text: string): string | undefined {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Secrets as they are, and as a PLAINTEXT signature carries them (RFC 5849 §3.4.4): a server may echo either. */
export function withEncodedForms(secrets: readonly (string | undefined)[]): (string | undefined)[] {
  return secrets.flatMap((secret) => (secret === undefined ? [] : [secret, percentEncode(secret)]));
}

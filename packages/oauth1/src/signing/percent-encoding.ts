import { OAuthError } from "@grantkit/core";

/** What RFC 3986 §2.3 calls unreserved, and nothing else. */
const UNRESERVED = /^[\w.~-]*$/;
/** What encodeURIComponent leaves as it is, and RFC 5849 §3.6 does not. */
const LEFT_OUT = /[!'()*]/;

const escapeOf = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/**
 * A text percent-encoded as RFC 5849 §3.6 has it: UTF-8, every byte but the unreserved characters of RFC 3986.
 *
 * @throws OAuthError with code `REQUEST_UNSIGNABLE` for half a surrogate pair, which UTF-8 cannot say.
 */
export function percentEncode(text: string): string {
  return UNRESERVED.test(text) ? text : encodeReserved(text);
}

/** {@link percentEncode} for a text that has reserved characters, as every URL does: it does not look first. */
export function encodeReserved(text: string): string {
  try {
    const encoded = encodeURIComponent(text);
    return LEFT_OUT.test(encoded) ? encoded.replaceAll(/[!'()*]/g, escapeOf) : encoded;
  } catch {
    throw new OAuthError(
      "REQUEST_UNSIGNABLE",
      "The request cannot be signed: a text in it has half of a surrogate pair, which is no character. Was it cut in the middle of an emoji?",
    );
  }
}

/** A name or value of a form or query, decoded once; undefined when it is not UTF-8 that was percent-encoded. */
export function formDecode(text: string): string | undefined {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  return percentDecode(spaced);
}

/** A text percent-decoded once; undefined when it is not UTF-8 that was percent-encoded. */
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

/** Visible ASCII, as a header or a query can carry it (RFC 6749 appendix A). */
const VISIBLE = /^[\x21-\x7e]+$/;

/** A value that can be used as a token: visible ASCII, no space, no control character; undefined for any other. */
export function tokenText(value: unknown): string | undefined {
  return typeof value === "string" && VISIBLE.test(value) ? value : undefined;
}

/** How a token is used (RFC 6749 §7.1), in lower case; `n_a` for what is no access token (RFC 8693 §2.2.1). */
export type TokenType = "bearer" | "dpop" | "n_a";

/** The type that a value names, in whatever letter case; undefined for one that nobody here can use. */
export function accessTokenType(value: unknown): "bearer" | "dpop" | undefined {
  const type = anyTokenType(value);
  return type === "n_a" ? undefined : type;
}

/** The same, where it may be no access token. */
export function anyTokenType(value: unknown): TokenType | undefined {
  const type = typeof value === "string" ? value.toLowerCase() : undefined;
  return type === "bearer" || type === "dpop" || type === "n_a" ? type : undefined;
}

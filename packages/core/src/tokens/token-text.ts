/** Takes a token that a header or a query can carry: visible ASCII without spaces (RFC 6749 appendix A). */
export function tokenText(value: unknown): string | undefined {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value) ? value : undefined;
}

/** Takes a refresh token, which is only sent in a form and may have spaces (RFC 6749 appendix A.17). */
export function refreshTokenText(value: unknown): string | undefined {
  return typeof value === "string" && /^[\x20-\x7e]+$/.test(value) ? value : undefined;
}

/** How a token is used (RFC 6749 §7.1), in lower case; `n_a` for one that is not an access token (RFC 8693 §2.2.1). */
export type TokenType = "bearer" | "dpop" | "n_a";

/** Takes the type of an access token, in any letter case. */
export function accessTokenType(value: unknown): "bearer" | "dpop" | undefined {
  const type = anyTokenType(value);
  return type === "n_a" ? undefined : type;
}

/** Whether a type is known as one of a token that is used in another way, or not at all (RFC 6749 §7.1, RFC 8693 §2.2.1). */
export function isOtherTokenType(value: unknown): boolean {
  return typeof value === "string" && ["mac", "pop", "n_a"].includes(value.toLowerCase());
}

/** Takes the type of any token, in any letter case. */
export function anyTokenType(value: unknown): TokenType | undefined {
  const type = typeof value === "string" ? value.toLowerCase() : undefined;
  return type === "bearer" || type === "dpop" || type === "n_a" ? type : undefined;
}

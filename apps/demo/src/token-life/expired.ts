import { Token } from "@grantkit/core";

/** The same token, with its expiry moved into the past: as if it had been kept for too long. */
export function expired(token: Token): Token {
  return Token.from({ ...token.toJSON(), expiresAt: new Date(0).toISOString() });
}

import type { Token } from "./token.ts";

const granted = new WeakSet<Token>();

/** Notes that this process got a token by a grant that needs no user. */
export function noteOwnGrant(token: Token): Token {
  granted.add(token);
  return token;
}

/** Whether this process got a token by a grant that needs no user. A token that was read from a record is none. */
export function isOwnGrant(token: Token): boolean {
  return granted.has(token);
}

import type { Token } from "./token.ts";

/** Thrown inside the package for a refresh whose answer was refused in part: the rest is kept, then `error` is thrown. */
export class PartlyRefused {
  /** Why. */
  readonly error: unknown;
  /** The token that goes on: it has the new refresh token. */
  readonly kept: Token;

  constructor(error: unknown, kept: Token) {
    this.error = error;
    this.kept = kept;
  }
}

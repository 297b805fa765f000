import type { TokenRecord } from "@grantkit/core";
import type { ClientDescription } from "../processes/task.ts";
import type { TokenGate } from "./token-gate.ts";

/** A provider that rotates refresh tokens, and revokes the whole family of one that comes a second time. */
export interface RotatingProvider {
  readonly client: ClientDescription;
  readonly gate: TokenGate;
  /** Signs a user in, another one each time. */
  signIn(): Promise<RotatingToken>;
  /** The time from which the provider refuses an access token that it issued at a time, in milliseconds since the epoch. */
  readonly expiryOf: (issuedAt: number) => number;
  close(): Promise<void>;
}

/** A token with a refresh token. */
export interface RotatingToken extends TokenRecord {
  readonly refreshToken: string;
}

/** How a provider behaves. */
export interface RotatingOptions {
  /** The life of an access token, in seconds. */
  readonly lifetime: number;
}

/** A token as it is stored when it has expired. */
export function expired(token: RotatingToken): RotatingToken {
  return { ...token, issuedAt: 1, expiresAt: 2 };
}

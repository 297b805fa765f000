import type { TokenRecord } from "@grantkit/core";
import type { ClientDescription } from "../processes/task.ts";
import type { TokenGate } from "./token-gate.ts";

/** A provider that rotates refresh tokens, and revokes the whole family of one that comes a second time. */
export interface RotatingProvider {
  readonly client: ClientDescription;
  readonly gate: TokenGate;
  /** Signs a user in, another one each time. */
  signIn(): Promise<RotatingToken>;
  /** Has the provider refuse all access tokens that it has issued so far, though their time is not over. */
  readonly expire?: () => void;
  close(): Promise<void>;
}

/** A token with a refresh token. */
export interface RotatingToken extends TokenRecord {
  readonly refreshToken: string;
}

/** A token as it is stored when it has expired. */
export function expired(token: RotatingToken): RotatingToken {
  return { ...token, issuedAt: 1, expiresAt: 2 };
}

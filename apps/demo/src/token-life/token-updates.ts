import type { OnTokenUpdate, Token } from "@grantkit/core";
import type { Outcome } from "../flows/flow.ts";
import type { AnyTarget } from "../targets/target.ts";
import type { Visitor } from "../visitors.ts";

/** What `onTokenUpdate` was told once. */
export interface TokenUpdate {
  readonly next: Token;
  readonly previous: Token;
}

/** Makes an `onTokenUpdate` that keeps the new token as the visitor's, and remembers what it was told. */
export function keepUpdates({ tokens }: Visitor, { id }: AnyTarget): OnTokenUpdate {
  return (next, previous) => {
    const updates = tokens.get(id)?.updates ?? [];
    tokens.set(id, { token: next, updates: [...updates, { next, previous }] });
  };
}

/** The ID token of the visitor's token, which came with a refresh: the SDK verified it if the token has its claims. */
export function refreshedIdToken(
  { tokens }: Visitor,
  { id }: AnyTarget,
): Pick<Outcome, "verifiedJwt"> {
  const { claims, idToken } = tokens.get(id)?.token ?? {};
  return claims && idToken !== undefined ? { verifiedJwt: idToken } : {};
}

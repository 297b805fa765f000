import { canonicalScope } from "./scopes.ts";

/** What each user has granted to the project so far. */
export interface GoogleGrants {
  /** Whether the user has granted all of these before. */
  covers(sub: string, scopes: readonly string[]): boolean;
  /** All that the user has granted. */
  of(sub: string): readonly string[];
  add(sub: string, scopes: readonly string[]): void;
  /** Forgets the user's grant, as revocation does: for the whole project. */
  revoke(sub: string): void;
  /** Who consented last: the one browser there is has this user signed in. */
  signedIn(): string | undefined;
}

/** No grants yet. */
export function googleGrants(): GoogleGrants {
  const bySub = new Map<string, Set<string>>();
  let lastSub: string | undefined;
  return {
    covers: (sub, scopes) =>
      bySub.has(sub) && scopes.every((scope) => bySub.get(sub)?.has(canonicalScope(scope))),
    of: (sub) => [...(bySub.get(sub) ?? [])],
    add(sub, scopes) {
      bySub.set(sub, new Set([...(bySub.get(sub) ?? []), ...scopes.map(canonicalScope)]));
      lastSub = sub;
    },
    revoke: (sub) => void bySub.delete(sub),
    signedIn: () => lastSub,
  };
}

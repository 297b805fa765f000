import type { OfflineAccess } from "./target.ts";

/** How a provider of OpenID Connect is asked for a refresh token; undefined if it does not know the scope. */
export function offlineAccessIn(scopes: readonly string[]): OfflineAccess | undefined {
  return scopes.includes("offline_access")
    ? {
        why: "A provider grants offline_access only if the user is asked: with prompt=consent (OpenID Connect Core §11).",
        values: { scope: "offline_access", prompt: "consent" },
      }
    : undefined;
}

/** Google has a parameter in the place of the scope. */
export const GOOGLES_OFFLINE_ACCESS: OfflineAccess = {
  why: "Google gives a refresh token only for access_type=offline, and only when the user consents.",
  values: { extra: "access_type=offline", prompt: "consent" },
};

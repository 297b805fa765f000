// The identity scopes have two names each; a grant is told by the long ones.
// https://developers.google.com/identity/protocols/oauth2/scopes#google-sign-in
const ALIASES: Readonly<Record<string, string>> = {
  email: "https://www.googleapis.com/auth/userinfo.email",
  profile: "https://www.googleapis.com/auth/userinfo.profile",
};

const MEANINGS: Readonly<Record<string, string>> = {
  openid: "Know who you are",
  email: "See your e-mail address",
  profile: "See your name and picture",
  [ALIASES["email"] as string]: "See your e-mail address",
  [ALIASES["profile"] as string]: "See your name and picture",
};

const IDENTITY: ReadonlySet<string> = new Set(Object.keys(MEANINGS));

// https://developers.google.com/identity/protocols/oauth2/limited-input-device#allowedscopes
const DEVICE: ReadonlySet<string> = new Set([
  ...IDENTITY,
  ...["drive.appdata", "drive.file", "youtube", "youtube.readonly"].map(
    (name) => `https://www.googleapis.com/auth/${name}`,
  ),
]);

/** The name under which Google tells a granted scope. */
export function canonicalScope(scope: string): string {
  return ALIASES[scope] ?? scope;
}

/** Whether Google could know this scope. */
export function isGoogleScope(scope: string): boolean {
  return (
    IDENTITY.has(scope) ||
    scope === "https://mail.google.com/" ||
    scope.startsWith("https://www.googleapis.com/auth/")
  );
}

/** Whether this scope is for signing in: not to be unticked, and not limited in time. */
export function isIdentityScope(scope: string): boolean {
  return IDENTITY.has(scope);
}

/** Whether a device may ask for this scope. */
export function isDeviceScope(scope: string): boolean {
  return DEVICE.has(scope);
}

/** What a scope allows, in words. */
export function scopeMeaning(scope: string): string {
  return MEANINGS[scope] ?? `Use ${scope.replace(/^.*\/auth\//, "").replaceAll(/[._]/g, " ")}`;
}

/** Granted scopes as Google tells them: by their long names and in another order than asked. */
export function toldScopes(scopes: readonly string[]): string[] {
  return [...new Set(scopes.map(canonicalScope))].toReversed();
}

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

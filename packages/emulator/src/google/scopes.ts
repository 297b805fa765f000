// The identity scopes have two names each. Replies use the long ones.
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

/** Returns the name of a scope in replies. */
export function canonicalScope(scope: string): string {
  return ALIASES[scope] ?? scope;
}

/** Whether this looks like a scope of Google. */
export function isGoogleScope(scope: string): boolean {
  return (
    IDENTITY.has(scope) ||
    scope === "https://mail.google.com/" ||
    scope.startsWith("https://www.googleapis.com/auth/")
  );
}

/** Whether this scope is for sign-in: it cannot be unchecked, and its grants do not expire. */
export function isIdentityScope(scope: string): boolean {
  return IDENTITY.has(scope);
}

/** Whether a device may request this scope. */
export function isDeviceScope(scope: string): boolean {
  return DEVICE.has(scope);
}

/** Describes what a scope allows. */
export function scopeMeaning(scope: string): string {
  return MEANINGS[scope] ?? `Use ${scope.replace(/^.*\/auth\//, "").replaceAll(/[._]/g, " ")}`;
}

/** Returns granted scopes as in replies: by their long names, and not in the requested order. */
export function reportedScopes(scopes: readonly string[]): string[] {
  return [...new Set(scopes.map(canonicalScope))].toReversed();
}

/** The scopes that each user has granted to the project. */
export interface GoogleGrants {
  /** Whether the user has granted all of these scopes before. */
  covers(sub: string, scopes: readonly string[]): boolean;
  /** Returns all scopes that the user has granted. */
  of(sub: string): readonly string[];
  add(sub: string, scopes: readonly string[]): void;
  /** Removes all scopes that the user has granted. */
  revoke(sub: string): void;
  /** Returns the user who consented last, and so is signed in at the browser. */
  signedIn(): string | undefined;
}

/** Creates an empty list of grants. */
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

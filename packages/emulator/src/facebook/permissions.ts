/** What a user said about a permission. */
export type PermissionStatus = "granted" | "declined" | "expired";

/** What each user said about each permission. */
export interface Permissions {
  /** All that a user said, in the order of asking. */
  of(userId: string): readonly (readonly [permission: string, status: PermissionStatus])[];
  has(userId: string, permission: string): boolean;
  /** Whether the user has the application installed at all. */
  installed(userId: string): boolean;
  set(userId: string, permissions: readonly string[], status: PermissionStatus): void;
  /** Takes one permission away, or the whole application; false if there was nothing to take. */
  remove(userId: string, permission?: string): boolean;
}

/** Nobody has said anything yet. */
export function permissions(): Permissions {
  const byUser = new Map<string, Map<string, PermissionStatus>>();
  return {
    of: (userId) => [...(byUser.get(userId) ?? [])],
    has: (userId, permission) => byUser.get(userId)?.get(permission) === "granted",
    installed: (userId) => byUser.has(userId),
    set(userId, names, status) {
      const own = byUser.get(userId) ?? new Map<string, PermissionStatus>();
      for (const name of names) own.set(name, status);
      byUser.set(userId, own);
    },
    remove: (userId, permission) =>
      permission === undefined
        ? byUser.delete(userId)
        : (byUser.get(userId)?.delete(permission) ?? false),
  };
}

const MEANINGS: Readonly<Record<string, string>> = {
  public_profile: "Your name and picture",
  email: "Your e-mail address",
  openid: "Know who you are",
  user_friends: "Friends who use this application too",
  user_birthday: "Your birthday",
  pages_show_list: "The pages that you manage",
};

/** What a permission allows, in words. */
export function permissionMeaning(permission: string): string {
  const words = permission.replace(/^user_/, "your_").replaceAll("_", " ");
  return MEANINGS[permission] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** Whether a permission can be declined. */
export function isDeclinable(permission: string): boolean {
  return permission !== "public_profile" && permission !== "openid";
}

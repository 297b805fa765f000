/** The status of a permission for a user. */
type PermissionStatus = "granted" | "declined" | "expired";

/** The permissions that each user has granted or declined. */
export interface Permissions {
  /** Lists the permissions of a user with their status, in the order of the requests. */
  of(userId: string): readonly (readonly [permission: string, status: PermissionStatus])[];
  /** Lists the permissions of a user that have this status. */
  withStatus(userId: string, status: PermissionStatus): readonly string[];
  has(userId: string, permission: string): boolean;
  /** Whether the user has the application installed. */
  installed(userId: string): boolean;
  /** Stores a decision: the requested permissions that are not granted are declined. */
  decide(userId: string, requested: readonly string[], granted: readonly string[]): void;
  /** Makes expired permissions of those that the user granted, except for the public profile. */
  expire(userId: string): void;
  /** Removes one permission, or the whole application. Returns whether there was anything to remove. */
  remove(userId: string, permission?: string): boolean;
}

/** Creates an empty list of permissions. */
export function permissions(): Permissions {
  const byUser = new Map<string, Map<string, PermissionStatus>>();
  const list = (userId: string): [string, PermissionStatus][] => [...(byUser.get(userId) ?? [])];
  return {
    of: list,
    withStatus: (userId, wanted) =>
      list(userId).flatMap(([permission, status]) => (status === wanted ? [permission] : [])),
    has: (userId, permission) => byUser.get(userId)?.get(permission) === "granted",
    installed: (userId) => byUser.has(userId),
    decide(userId, requested, granted) {
      const own = byUser.get(userId) ?? new Map<string, PermissionStatus>();
      for (const name of granted) own.set(name, "granted");
      for (const name of requested) if (!granted.includes(name)) own.set(name, "declined");
      byUser.set(userId, own);
    },
    expire(userId) {
      for (const [name, status] of list(userId)) {
        if (status === "granted" && name !== "public_profile") {
          byUser.get(userId)?.set(name, "expired");
        }
      }
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

/** Describes what a permission allows. */
export function permissionMeaning(permission: string): string {
  const words = permission.replace(/^user_/, "your_").replaceAll("_", " ");
  return MEANINGS[permission] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** Whether a permission can be declined. */
export function isDeclinable(permission: string): boolean {
  return permission !== "public_profile" && permission !== "openid";
}

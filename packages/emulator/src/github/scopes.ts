interface ScopeFacts {
  readonly meaning: string;
  readonly includes?: readonly string[];
}

// https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
const SCOPES: Readonly<Record<string, ScopeFacts>> = {
  repo: {
    meaning: "Read and write all repositories, private ones too",
    includes: ["repo:status", "repo_deployment", "public_repo", "repo:invite", "security_events"],
  },
  "repo:status": { meaning: "Read and write commit statuses" },
  repo_deployment: { meaning: "Read and write deployment statuses" },
  public_repo: { meaning: "Read and write public repositories" },
  "repo:invite": { meaning: "Accept and decline repository invitations" },
  security_events: { meaning: "Read and write security events" },
  "admin:repo_hook": { meaning: "Manage repository hooks", includes: ["write:repo_hook"] },
  "write:repo_hook": { meaning: "Write repository hooks", includes: ["read:repo_hook"] },
  "read:repo_hook": { meaning: "Read repository hooks" },
  "admin:org": { meaning: "Manage organizations and teams", includes: ["write:org"] },
  "write:org": { meaning: "Write organization membership", includes: ["read:org"] },
  "read:org": { meaning: "Read organization membership" },
  "admin:public_key": { meaning: "Manage public keys", includes: ["write:public_key"] },
  "write:public_key": { meaning: "Write public keys", includes: ["read:public_key"] },
  "read:public_key": { meaning: "Read public keys" },
  "admin:org_hook": { meaning: "Manage organization hooks" },
  gist: { meaning: "Write gists" },
  notifications: { meaning: "Read notifications" },
  user: {
    meaning: "Read and write your profile",
    includes: ["read:user", "user:email", "user:follow"],
  },
  "read:user": { meaning: "Read your profile" },
  "user:email": { meaning: "Read your e-mail addresses" },
  "user:follow": { meaning: "Follow and unfollow users" },
  project: { meaning: "Read and write projects", includes: ["read:project"] },
  "read:project": { meaning: "Read projects" },
  delete_repo: { meaning: "Delete repositories" },
  "write:packages": { meaning: "Upload packages", includes: ["read:packages"] },
  "read:packages": { meaning: "Download packages" },
  "delete:packages": { meaning: "Delete packages" },
  "admin:gpg_key": { meaning: "Manage GPG keys", includes: ["write:gpg_key"] },
  "write:gpg_key": { meaning: "Write GPG keys", includes: ["read:gpg_key"] },
  "read:gpg_key": { meaning: "Read GPG keys" },
  codespace: { meaning: "Create and manage codespaces" },
  workflow: { meaning: "Update GitHub Actions workflows" },
  "admin:enterprise": {
    meaning: "Manage enterprises",
    includes: ["manage_runners:enterprise", "manage_billing:enterprise", "read:enterprise"],
  },
  "manage_runners:enterprise": { meaning: "Manage an enterprise's runners" },
  "manage_billing:enterprise": { meaning: "Manage an enterprise's billing" },
  "read:enterprise": { meaning: "Read enterprise data" },
  "read:audit_log": { meaning: "Read audit logs" },
  site_admin: { meaning: "Administer an Enterprise Server" },
};

/** The scope that asks for an expiring token. It is not granted as a scope. */
export const OFFLINE_ACCESS = "offline_access";

/** Describes what a scope allows. */
export function scopeMeaning(scope: string): string {
  return SCOPES[scope]?.meaning ?? scope;
}

/** Removes unknown scopes, and scopes that another one includes: `user,user:email` becomes `user`. */
export function normalizedScopes(scopes: readonly string[]): string[] {
  // From memory: GitHub ignores unknown scopes.
  const known = [...new Set(scopes)].filter((scope) => Object.hasOwn(SCOPES, scope));
  const included = new Set(known.flatMap((scope) => includedScopes(scope)));
  return known.filter((scope) => !included.has(scope));
}

/** Whether the granted scopes include one of the accepted ones. */
export function allows(granted: readonly string[], accepted: readonly string[]): boolean {
  return granted
    .flatMap((scope) => [scope, ...includedScopes(scope)])
    .some((s) => accepted.includes(s));
}

function includedScopes(scope: string): string[] {
  return (SCOPES[scope]?.includes ?? []).flatMap((inner) => [inner, ...includedScopes(inner)]);
}

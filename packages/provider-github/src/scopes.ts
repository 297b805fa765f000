/**
 * The scopes of OAuth Apps. GitHub Apps have none: their permissions are set in the app.
 *
 * @see https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
 */
export type GitHubScope =
  | "admin:enterprise"
  | "admin:gpg_key"
  | "admin:org"
  | "admin:org_hook"
  | "admin:public_key"
  | "admin:repo_hook"
  | "codespace"
  | "delete:packages"
  | "delete_repo"
  | "gist"
  | "manage_billing:enterprise"
  | "manage_runners:enterprise"
  | "notifications"
  /** Asks for a token that expires and comes with a refresh token. */
  | "offline_access"
  | "project"
  | "public_repo"
  | "read:audit_log"
  | "read:enterprise"
  | "read:gpg_key"
  | "read:org"
  | "read:packages"
  | "read:project"
  | "read:public_key"
  | "read:repo_hook"
  /** The private profile. */
  | "read:user"
  /** Everything in repositories, private ones too. */
  | "repo"
  | "repo:invite"
  | "repo:status"
  | "repo_deployment"
  | "security_events"
  | "site_admin"
  | "user"
  /** The list of e-mail addresses, without which no address is known to be verified. */
  | "user:email"
  | "user:follow"
  | "workflow"
  | "write:gpg_key"
  | "write:org"
  | "write:packages"
  | "write:public_key"
  | "write:repo_hook";

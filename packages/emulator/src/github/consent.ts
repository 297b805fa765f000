import type { ConsentQuestion } from "../consent/consent-page.ts";
import { normalizedScopes, scopeMeaning } from "./scopes.ts";
import type { GitHubServer } from "./server.ts";
import type { GitHubUser } from "./users.ts";

/** Makes the content of GitHub's consent page, where no scope can be unchecked. */
export function consentQuestion(
  server: GitHubServer,
  scopes: readonly string[],
  selected: GitHubUser | undefined,
): ConsentQuestion {
  const isApp = server.switches.appType === "github-app";
  return {
    application: server.applicationName,
    people: server.users.map((user) => ({
      id: String(user.id),
      name: user.name ?? user.login,
      detail: detail(user),
      picture: user.avatarUrl ?? "",
    })),
    selected: String(selected?.id),
    scopes: isApp
      ? []
      : scopes.map((name) => ({ name, meaning: scopeMeaning(name), optional: false })),
    remark: isApp
      ? "A GitHub App has the permissions of its installation. Scopes are ignored."
      : "GitHub grants all of these or none. What was granted to this application before stays granted.",
  };
}

function detail({ login, emails }: GitHubUser): string {
  const primary = emails.find((email) => email.primary);
  const verified = primary?.verified === true ? "verified" : "not verified";
  return primary === undefined ? `@${login}` : `@${login} · ${primary.email} (${verified})`;
}

/** Stores the scopes that a user grants, and returns the scopes of the token. */
export function grantScopes(
  server: GitHubServer,
  user: GitHubUser,
  requested: readonly string[],
): readonly string[] {
  // A GitHub App has permissions, not scopes.
  if (server.switches.appType === "github-app") return [];
  const earlier = server.grants.get(user.id) ?? [];
  const scopes = normalizedScopes(requested);
  // A request without scopes gets those that the user has granted before.
  if (scopes.length === 0) return earlier;
  // From memory: a request for fewer scopes does not reduce the grant.
  server.grants.set(user.id, normalizedScopes([...earlier, ...scopes]));
  return scopes;
}

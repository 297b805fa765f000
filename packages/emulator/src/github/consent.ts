import type { ConsentQuestion } from "../consent/consent-page.ts";
import { scopeMeaning } from "./scopes.ts";
import type { GitHubUser } from "./users.ts";
import type { GitHubServer } from "./server.ts";

/** What GitHub's consent page asks. Nothing can be unticked there. */
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

import { type OAuth2Session, Token } from "@grantkit/core";
import {
  isObject,
  matches,
  must,
  mustBeListOf,
  optionProblems,
  type OptionRules,
  ownOptions,
  readDate,
  readId,
  readText,
  throwProblems,
} from "@grantkit/core/requests";
import type { AppJwts } from "./app-jwt.ts";
import { callGitHub, type RestCall } from "./rest-call.ts";

/** What an installation token may do: by default everything that the account has granted to the app. */
export interface InstallationTokenOptions {
  /**
   * Names of the repositories that the token is for, without their owner: at most 500, together with `repositoryIds`.
   *
   * @defaultValue all repositories that the account has granted
   */
  readonly repositories?: readonly string[] | undefined;
  /** IDs of the repositories that the token is for, in the place of their names or beside them. */
  readonly repositoryIds?: readonly number[] | undefined;
  /** The permissions that the token has, for example `{ contents: "read" }`. */
  readonly permissions?: Readonly<Record<string, "read" | "write" | "admin">> | undefined;
}

/** Repositories of one token. */
const MOST = 500;

const isName = matches(/^[\w.-]+$/);
const names = mustBeListOf("names", "be the repository's name, without its owner", isName, MOST);
const ids = mustBeListOf("numbers", "be a repository's ID", Number.isSafeInteger, MOST);
const isLevel = matches(/^(?:read|write|admin)$/);

/** The rules of what a token is narrowed to. GitHub takes an empty list for "all repositories". */
export const NARROWING_RULES: OptionRules<InstallationTokenOptions> = {
  repositories: names,
  repositoryIds: ids,
  permissions: must('be an object such as { contents: "read" }, and not empty', (value) => {
    const levels = Object.values(value ?? {});
    return levels.length > 0 && levels.every(isLevel);
  }),
};

/** What is asked for, in one form: sessions that ask for the same share their token, whatever the order. */
export interface AskedInstallationToken {
  readonly installation: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Checks what is asked for.
 *
 * @throws ConfigurationError that lists every problem.
 */
export function askedInstallationToken(
  method: string,
  installation: unknown,
  options: InstallationTokenOptions,
): AskedInstallationToken {
  const problems = optionProblems(options, NARROWING_RULES);
  if (!/^[1-9]\d{0,15}$/.test(readId(installation) ?? "")) {
    problems.unshift("the installation's ID must be a positive number");
  }
  throwProblems(method, problems, "github");
  return { installation: Number(installation), body: narrowingOf(options) };
}

/** Writes what a token is narrowed to as GitHub wants it, in one order. */
export function narrowingOf(options: InstallationTokenOptions): Readonly<Record<string, unknown>> {
  const { repositories, repositoryIds, permissions } = ownOptions(options);
  return {
    repositories: repositories && [...new Set(repositories)].toSorted(),
    repository_ids: repositoryIds && [...new Set(repositoryIds)].toSorted((a, b) => a - b),
    permissions:
      permissions &&
      Object.fromEntries(Object.entries(permissions).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

const ADVICE: NonNullable<RestCall["advice"]> = {
  "bad-credentials":
    "GitHub does not accept the app's JWT: check privateKey, and that clientId or appId is of the same app.",
  "not-found": "The app is not installed there (any longer): check the installation's ID.",
  "validation-failed":
    "Ask only for permissions and repositories that the account has granted to the app.",
};

/**
 * Asks GitHub for an installation token, which lives for an hour. It is opaque: about 520 characters, with dots.
 *
 * @param appSession - The session of the app itself.
 * @param times - What knows GitHub's clock and this machine's.
 * @throws GitHubApiError; OAuthError.
 * @see https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app
 */
export async function requestInstallationToken(
  appSession: OAuth2Session,
  { installation, body }: AskedInstallationToken,
  times: Pick<AppJwts, "localTime" | "now">,
): Promise<Token> {
  const { fields, unusable } = await callGitHub(appSession, {
    method: "POST",
    url: `/app/installations/${installation}/access_tokens`,
    json: body,
    what: `the request for a token of installation ${installation}`,
    refused: "INVALID_CLIENT",
    advice: ADVICE,
  });
  const { token, expires_at: end, permissions, repository_selection: selection } = fields();
  const [accessToken, expiresAt] = [readText(token), readDate(end)];
  if (accessToken === undefined) throw unusable("token");
  if (expiresAt === undefined) throw unusable("expires_at");
  return Token.from({
    accessToken,
    issuedAt: times.now(),
    expiresAt: times.localTime(expiresAt),
    raw: {
      installation_id: installation,
      ...(isObject(permissions) && { permissions }),
      ...(typeof selection === "string" && { repository_selection: selection }),
    },
  });
}

/** Whether a token is one of an installation, which is revoked with itself. */
export function isInstallationToken({ raw }: Token): boolean {
  return Object.hasOwn(raw, "installation_id");
}

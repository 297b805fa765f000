import { type OAuth2Session, Token } from "@grantkit/core";
import {
  definedFields,
  isObject,
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
import { callGitHub, type RestCall } from "./rest-call.ts";

/** What an installation token may do: by default everything that the account has granted to the app. */
export interface InstallationTokenOptions {
  /** Names of the repositories that the token is for, without their owner. At most 500, together with `repositoryIds`. */
  readonly repositories?: readonly string[] | undefined;
  /** IDs of the repositories that the token is for. */
  readonly repositoryIds?: readonly number[] | undefined;
  /** The permissions that the token has, for example `{ contents: "read" }`. */
  readonly permissions?: Readonly<Record<string, "read" | "write" | "admin">> | undefined;
}

const MOST_REPOSITORIES = 500;

const isName = (name: unknown): boolean => typeof name === "string" && /^[\w.-]+$/.test(name);
const names = mustBeListOf("names", "be the repository's name, without its owner", isName);
const ids = mustBeListOf("numbers", "be a repository's ID", (id) => Number.isSafeInteger(id));
const LEVELS = ["read", "write", "admin"];

/** The rules of what a token is narrowed to. */
export const NARROWING_RULES: OptionRules<InstallationTokenOptions> = {
  repositories: (value, name, options) => [
    ...notEmpty(value, name),
    ...names(value, name, options),
  ],
  repositoryIds: (value, name, options) => [...notEmpty(value, name), ...ids(value, name, options)],
  permissions: must(
    'be an object such as { contents: "read" }, and not empty',
    (value) =>
      isObject(value) &&
      Object.keys(value).length > 0 &&
      Object.values(value).every((level) => LEVELS.includes(level as string)),
  ),
};

// GitHub takes an empty list for "all repositories".
function notEmpty(value: unknown, name: string): string[] {
  if (!Array.isArray(value) || (value.length > 0 && value.length <= MOST_REPOSITORIES)) return [];
  return [`${name} must have 1 to ${MOST_REPOSITORIES} entries; leave it out for all repositories`];
}

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
  return definedFields<unknown>({
    repositories: repositories && [...new Set(repositories)].toSorted(),
    repository_ids: repositoryIds && [...new Set(repositoryIds)].toSorted((a, b) => a - b),
    permissions:
      permissions &&
      Object.fromEntries(Object.entries(permissions).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  });
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
 * @param secondsBehind - Seconds by which this machine's clock is behind GitHub's.
 * @throws GitHubApiError; OAuthError.
 * @see https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app
 */
export async function requestInstallationToken(
  appSession: OAuth2Session,
  { installation, body }: AskedInstallationToken,
  now: () => number,
  secondsBehind: () => number,
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
    issuedAt: now(),
    expiresAt: expiresAt.getTime() - secondsBehind() * 1000,
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

import { createPublicKey, generateKeyPair } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { compactVerify } from "jose";
import { randomBase64Url } from "../oauth/random-text.ts";
import type { GitHubSwitches } from "./options.ts";
import type { GitHubRepository, GitHubUser } from "./users.ts";

/** The signing keys of the GitHub App. */
export interface AppKeys {
  /** Creates a key and resolves to its private half: PKCS #1 in PEM form, as downloaded from GitHub. */
  create(): Promise<string>;
  /** Returns the claims of a JWT that one of the keys signed, or undefined. */
  verify(jwt: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/** Creates an empty list of keys. */
export function appKeys(): AppKeys {
  const publicKeys: KeyObject[] = [];
  return {
    async create() {
      const { privateKey } = await promisify(generateKeyPair)("rsa", {
        modulusLength: 2048,
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs1", format: "pem" },
      });
      publicKeys.push(createPublicKey(privateKey));
      return privateKey;
    },
    async verify(jwt) {
      for (const key of publicKeys) {
        try {
          const { payload } = await compactVerify(jwt, key, { algorithms: ["RS256"] });
          return JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
        } catch {
          // Another key may match.
        }
      }
      return undefined;
    },
  };
}

/** Permissions by name, as `{ contents: "read" }`. */
export type GitHubPermissions = Readonly<Record<string, string>>;

/** An installation of the GitHub App on a user's account. */
export interface GitHubInstallation {
  readonly id: number;
  readonly owner: GitHubUser;
  readonly permissions: GitHubPermissions;
}

/** The grant behind an installation token. */
export interface InstallationAccess {
  readonly token: string;
  readonly installation: GitHubInstallation;
  readonly permissions: GitHubPermissions;
  readonly repositories: readonly GitHubRepository[];
  readonly selected: boolean;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Milliseconds since 1970: when all servers know the token. */
  readonly worksFrom: number;
}

/** The installations and their tokens. */
export interface GitHubInstallations {
  readonly list: readonly GitHubInstallation[];
  issue(access: Omit<InstallationAccess, "token" | "expiresAt" | "worksFrom">): InstallationAccess;
  access(token: string | undefined): InstallationAccess | undefined;
  revoke(token: string): void;
}

const LIFETIME_MS = 3_600_000;

const PERMISSIONS: GitHubPermissions = { metadata: "read", contents: "write", issues: "write" };

/** Creates an installation on each user's account, with ids from 5001. */
export function githubInstallations(
  users: readonly GitHubUser[],
  appId: number,
  switches: Pick<GitHubSwitches, "installationTokenDelay">,
  now: () => number,
): GitHubInstallations {
  const tokens = new Map<string, InstallationAccess>();
  return {
    list: users.map((owner, index) => ({ id: 5001 + index, owner, permissions: PERMISSIONS })),
    issue(access) {
      // Since 2026-04-27: about 520 characters with dots and dashes. Clients must not parse or limit them.
      // https://github.blog/changelog/2026-04-24-notice-about-upcoming-new-format-for-github-app-installation-tokens
      const jwt = [36, 210, 128].map((bytes) => randomBase64Url(bytes)).join(".");
      const token = `ghs_${appId}_${jwt}`;
      const worksFrom = now() + switches.installationTokenDelay * 1000;
      const issued = { ...access, token, worksFrom, expiresAt: now() + LIFETIME_MS };
      tokens.set(token, issued);
      return issued;
    },
    access(token) {
      const access = tokens.get(token ?? "");
      const works = access !== undefined && access.expiresAt > now() && access.worksFrom <= now();
      return works ? access : undefined;
    },
    revoke: (token) => void tokens.delete(token),
  };
}

const LEVELS: readonly string[] = ["read", "write", "admin"];

/** Whether the granted permissions include all wanted ones, at the same level or a higher one. */
export function covers(granted: GitHubPermissions, wanted: GitHubPermissions): boolean {
  return Object.entries(wanted).every(
    ([name, level]) =>
      LEVELS.includes(level) && LEVELS.indexOf(granted[name] ?? "") >= LEVELS.indexOf(level),
  );
}

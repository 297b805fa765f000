import { createPublicKey, generateKeyPair } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { compactVerify } from "jose";
import { randomBase64Url } from "../oauth/random-text.ts";
import type { GitHubRepository, GitHubUser } from "./users.ts";

/** The keys with which the GitHub App signs. */
export interface AppKeys {
  /** Makes a key and resolves to its private half: PKCS #1 in PEM form, as GitHub's page downloads it. */
  create(): Promise<string>;
  /** The claims of a JWT that one of the keys signed, or undefined. */
  verify(jwt: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/** No keys yet. */
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
          // Another key may fit.
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

/** What an installation token stands for. */
export interface InstallationAccess {
  readonly token: string;
  readonly installation: GitHubInstallation;
  readonly permissions: GitHubPermissions;
  readonly repositories: readonly GitHubRepository[];
  readonly selected: boolean;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** The installations and their tokens. */
export interface GitHubInstallations {
  readonly list: readonly GitHubInstallation[];
  issue(access: Omit<InstallationAccess, "token" | "expiresAt">): InstallationAccess;
  access(token: string | undefined): InstallationAccess | undefined;
  revoke(token: string): void;
}

const LIFETIME_MS = 3_600_000;

const PERMISSIONS: GitHubPermissions = { metadata: "read", contents: "write", issues: "read" };

/** One installation on each user's account, numbered from 5001. */
export function githubInstallations(
  users: readonly GitHubUser[],
  appId: number,
  now: () => number,
): GitHubInstallations {
  const tokens = new Map<string, InstallationAccess>();
  return {
    list: users.map((owner, index) => ({ id: 5001 + index, owner, permissions: PERMISSIONS })),
    issue(access) {
      // About 520 characters with dots and dashes, since 2026-04-27: not to be parsed or measured by clients.
      // https://github.blog/changelog/2026-04-24-notice-about-upcoming-new-format-for-github-app-installation-tokens
      const jwt = [36, 210, 128].map((bytes) => randomBase64Url(bytes)).join(".");
      const token = `ghs_${appId}_${jwt}`;
      const issued = { ...access, token, expiresAt: now() + LIFETIME_MS };
      tokens.set(token, issued);
      return issued;
    },
    access(token) {
      const access = tokens.get(token ?? "");
      return access !== undefined && access.expiresAt > now() ? access : undefined;
    },
    revoke: (token) => void tokens.delete(token),
  };
}

const LEVELS: readonly string[] = ["read", "write", "admin"];

/** Whether all that is wanted was granted to the installation, at this level or a higher one. */
export function covers(granted: GitHubPermissions, wanted: GitHubPermissions): boolean {
  return Object.entries(wanted).every(
    ([name, level]) =>
      LEVELS.includes(level) && LEVELS.indexOf(granted[name] ?? "") >= LEVELS.indexOf(level),
  );
}

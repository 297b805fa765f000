import type { GrantedSessionOptions, OAuth2Session, SigningKey, Token } from "@grantkit/core";
import {
  clockOf,
  divideAndKeep,
  grantedSession,
  sharedGrantToken,
  must,
  optionProblems,
  type OptionRules,
  ownOptions,
  readId,
  type SessionGrant,
  throwProblems,
} from "@grantkit/core/requests";
import { AppJwts } from "./app-jwt.ts";
import { GitHubClient, type GitHubClientOptions } from "./client.ts";
import {
  askedInstallationToken,
  type InstallationTokenOptions,
  requestInstallationToken,
} from "./installation-token.ts";

/** Options of a `GitHubApp`: its credentials, and which GitHub. */
export interface GitHubAppOptions extends Omit<GitHubClientOptions, "appType"> {
  /** The app's private key, as downloaded from GitHub: PEM (PKCS #1, or PKCS #8), JWK, `KeyObject` or `CryptoKey`. */
  readonly privateKey: SigningKey;
  /**
   * The app's ID, sent as the issuer of its JWTs: for an Enterprise Server that does not accept the client ID there.
   *
   * @defaultValue the client ID, as GitHub recommends
   */
  readonly appId?: number | string;
}

/** What an installation's session may do, and how it behaves. */
export interface InstallationSessionOptions
  extends
    InstallationTokenOptions,
    Omit<GrantedSessionOptions, "expiredToken" | "tokenPlacement"> {}

/** How a session of the app itself behaves. */
export type AppSessionOptions = Omit<GrantedSessionOptions, "expiredToken" | "tokenPlacement">;

const NO_KEY =
  "privateKey is missing: pass the private key that you downloaded from GitHub (is the environment variable set?)";

const SIGNER_RULES: OptionRules<Pick<GitHubAppOptions, "appId" | "privateKey">> = {
  privateKey: (key) => ((key ?? "") === "" ? [NO_KEY] : []),
  appId: must("be the number that GitHub shows as App ID", (id) => /^\d+$/.test(readId(id) ?? "")),
};

/** Seconds in which a new installation token becomes known to all of GitHub's servers. */
const REPLICATION_SECONDS = 5;

/**
 * A GitHub App: it calls the API as itself, as one of its installations, and for a user who signed in (see
 * {@link GitHubClient}).
 *
 * @see https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { GitHubApp } from "@grantkit/provider-github";
 *
 * const app = new GitHubApp({
 *   clientId: process.env["GITHUB_CLIENT_ID"] ?? "",
 *   privateKey: await readFile("my-app.private-key.pem", "utf8"),
 * });
 * const { data: installation } = await app.appSession().get("/repos/octo/hello/installation");
 * const session = app.installationSession(installation.id, { repositories: ["hello"] });
 * await session.post("/repos/octo/hello/issues", { title: "Found a bug" });
 * ```
 */
export class GitHubApp extends GitHubClient {
  // Private, so that printing the app does not print the key. Known once the client is used.
  readonly #jwts: () => AppJwts;

  /**
   * @param options - The app's credentials, and which GitHub. Or a function that returns them, which is called when the
   * client is first used: for a module that is imported where the key is missing, as in a build.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem. If the options are a function, the first
   * use throws it.
   */
  constructor(options: GitHubAppOptions | (() => GitHubAppOptions)) {
    const { parts, keptOf } = divideAndKeep(options, ({ privateKey, appId, ...client }) => {
      throwProblems(
        "The GitHub App",
        optionProblems({ privateKey, appId }, SIGNER_RULES),
        "github",
      );
      const ofClient: GitHubClientOptions = { ...client, appType: "github-app" };
      return [
        () => undefined,
        ofClient,
        { issuer: String(appId ?? client.clientId), key: privateKey },
      ];
    });
    super(parts[1]);
    let jwts: AppJwts | undefined;
    this.#jwts = () => (jwts ??= new AppJwts({ ...keptOf(this), clock: clockOf(this) }));
  }

  /**
   * Opens a session for the app itself, for the paths below `/app` and for finding installations. It signs a JWT with its
   * first request, and the next one before that expires. If GitHub refuses a JWT because this machine's clock is wrong, the
   * session signs another one with GitHub's time and sends the request once more.
   *
   * @throws ConfigurationError that lists the problems of the options. A key that cannot sign fails the first request.
   * @see https://docs.github.com/rest/authentication/endpoints-available-for-github-app-installation-access-tokens
   */
  appSession(options: AppSessionOptions = {}): OAuth2Session {
    const jwts = this.#jwts();
    return grantedSession(
      this,
      { method: "appSession()", asked: {}, fetchToken: () => jwts.sign() },
      // GitHub takes JWTs with the scheme Bearer only.
      { ...ownOptions(options), tokenPlacement: "header", expiredToken: jwts.isRefusedForItsTimes },
    );
  }

  /**
   * Opens a session for an installation of the app: it acts as the app on one account. It gets its token with its first
   * request, and the next one before that expires. Sessions of one installation that ask for the same repositories and
   * permissions share the token, and requests that wait share one request for it.
   *
   * A new token may be unknown to some of GitHub's servers for some seconds: a 401 in the token's first five seconds is
   * answered by sending the request again.
   *
   * @param installationId - The installation's ID: `installation.id` of a webhook's payload, or of
   * `GET /repos/{owner}/{repo}/installation` with {@link GitHubApp.appSession}.
   * @param options - Fewer repositories and permissions than were granted, and how the session behaves.
   * @throws ConfigurationError that lists the problems of the options. Requests throw {@link GitHubApp.fetchInstallationToken}'s
   * errors.
   */
  installationSession(
    installationId: number | string,
    options: InstallationSessionOptions = {},
  ): OAuth2Session {
    const { repositories, repositoryIds, permissions, ...rest } = ownOptions(options);
    const narrowing = { repositories, repositoryIds, permissions };
    const grant = this.#grantOf(installationId, narrowing);
    return grantedSession(this, grant, rest);
  }

  /**
   * Fetches an installation's token for use elsewhere, for example with `git clone`; to call the API,
   * {@link GitHubApp.installationSession} is shorter. The token is kept until a minute before it expires, and shared with the
   * sessions that ask for the same.
   *
   * @returns A token whose `raw` has the `permissions` and the `repository_selection`. It is opaque: about 520 characters.
   * @throws GitHubApiError: `INVALID_CLIENT` for a JWT that GitHub does not accept, `RATE_LIMITED`, `SERVER_ERROR`,
   * `API_REQUEST_FAILED` with the reason `"not-found"`, `"installation-suspended"` or `"validation-failed"`; OAuthError:
   * `NETWORK_ERROR`, `TIMEOUT`, …; ConfigurationError.
   */
  async fetchInstallationToken(
    installationId: number | string,
    options: InstallationTokenOptions = {},
  ): Promise<Token> {
    return sharedGrantToken(this, this.#grantOf(installationId, options));
  }

  #grantOf(installationId: unknown, options: InstallationTokenOptions): SessionGrant {
    const method = "installationSession()";
    const asked = askedInstallationToken(method, installationId, options);
    const jwts = this.#jwts();
    const fetchToken = (): Promise<Token> =>
      requestInstallationToken(this.appSession(), asked, jwts);
    return { method, asked, fetchToken, settlingSeconds: REPLICATION_SECONDS };
  }
}

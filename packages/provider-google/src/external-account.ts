import {
  ConfigurationError,
  defineProvider,
  OAuth2Client,
  type OAuth2ClientOptions,
  type OAuth2Session,
  type SessionOptions,
  type Token,
  type TokenRecord,
} from "@grantkit/core";
import {
  checkedOptions,
  definedFields,
  divideAndKeep,
  grantedSession,
  ownOptions,
} from "@grantkit/core/requests";
import {
  type AccountSessionOptions,
  type AccountTokenOptions,
  ID_TOKEN_RULES,
  isGivenToken,
  LACKED,
  openIdTokenSession,
  SCOPE_RULES,
  tokenOfIdToken,
} from "./account-session.ts";
import { type ExternalAccount, readExternalAccount } from "./external-account-file.ts";
import { generateAccessToken, generateIdToken } from "./impersonation.ts";
import { GOOGLE, type GoogleOptions } from "./preset.ts";
import type { GoogleScope } from "./scopes.ts";
import type { IdTokenOptions, IdTokenSessionOptions } from "./service-account-options.ts";
import { readSubjectToken } from "./subject-token.ts";

const CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform";

/** Options of a `GoogleExternalAccount`. */
export interface GoogleExternalAccountOptions
  extends
    Omit<OAuth2ClientOptions, "clientId" | "clientSecret" | "clientAuthentication" | "redirectUri">,
    Pick<GoogleOptions, "endpoints"> {
  /**
   * The file that `gcloud iam workload-identity-pools create-cred-config` writes: its parsed JSON, or its text. Take it only
   * from whom you trust: its `credential_source` decides which file or URL is read.
   */
  readonly config?: object | string | undefined;
  /** The path of that file, in the place of `config`; read once, in Node.js. */
  readonly configFile?: string | undefined;
  /**
   * Gets the workload's own token, for a platform without a file or a URL: it is called for each exchange.
   *
   * @defaultValue what `credential_source` says
   */
  readonly subjectToken?: (() => Promise<string>) | undefined;
}

/**
 * A workload outside of Google Cloud that has a token of its own platform (Kubernetes, Azure, GitHub Actions, any OpenID
 * Connect issuer), and exchanges it for Google's: Workload Identity Federation. There is no key.
 *
 * @see https://cloud.google.com/iam/docs/workload-identity-federation
 *
 * @example
 * ```ts
 * import { GoogleExternalAccount } from "@grantkit/provider-google";
 *
 * const workload = new GoogleExternalAccount({ configFile: "workload-identity.json" });
 * const session = workload.session({ scope: ["https://www.googleapis.com/auth/cloud-platform"] });
 * const { data } = await session.get("https://pubsub.googleapis.com/v1/projects/my-project/topics");
 * ```
 */
export class GoogleExternalAccount extends OAuth2Client<GoogleScope> {
  readonly #account: () => ExternalAccount;

  /**
   * @param options - The file and how requests are sent. Or a function that returns them, which is called when the client is
   * first used.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem.
   */
  constructor(options: GoogleExternalAccountOptions | (() => GoogleExternalAccountOptions)) {
    const { parts, keptOf } = divideAndKeep(
      options,
      ({ config, configFile, subjectToken, endpoints: given, ...client }) => {
        const endpoints = ownOptions(given);
        const replaced = endpoints?.token;
        const account = readExternalAccount(config, configFile, subjectToken, replaced);
        const token = { token: account.tokenUrl };
        const overrides = replaced === undefined ? endpoints : { ...endpoints, ...token };
        return [
          () => defineProvider({ ...GOOGLE, endpoints: token }, overrides),
          // Google wants no client ID beside the workload's token.
          { ...client, clientId: account.audience, clientAuthentication: () => undefined },
          account,
        ];
      },
      { takes: ["config", "configFile", "subjectToken", "endpoints"], lacks: LACKED },
    );
    super(...parts);
    this.#account = () => keptOf(this);
  }

  /**
   * Opens a session that gets its own tokens: it exchanges the workload's token at Google (RFC 8693), and the result for a
   * token of the service account, if the file names one. It does so with its first request, and again when the token expires
   * or Google answers 401.
   *
   * Errors are thrown by the request that needed the token: `INVALID_GRANT` for a workload's token that Google refuses,
   * `ACCESS_DENIED` for a service account that the workload may not impersonate, `RENEWAL_FAILED` for a token that cannot be
   * read.
   *
   * @throws ConfigurationError that lists the problems of the options.
   */
  override session(options: AccountSessionOptions): OAuth2Session;
  /** Opens a session with a token that you have, as `OAuth2Client.session()` does. */
  override session(token: Token | TokenRecord, options?: SessionOptions): OAuth2Session;
  override session(
    given: AccountSessionOptions | Token | TokenRecord,
    options?: SessionOptions,
  ): OAuth2Session {
    if (isGivenToken(given)) return super.session(given, options);
    const fetchToken = (asked: AccountTokenOptions) => this.fetchAccessToken(asked);
    return grantedSession(this, { method: "session()", rules: SCOPE_RULES, fetchToken }, given);
  }

  /**
   * Opens a session with ID tokens of the service account, for Cloud Run, Cloud Functions and services behind Identity-Aware
   * Proxy.
   *
   * @throws ConfigurationError that lists the problems of the options.
   */
  idTokenSession(options: IdTokenSessionOptions): OAuth2Session {
    return openIdTokenSession(this, options, (asked) => this.fetchIdToken(asked));
  }

  /**
   * Fetches an access token: of the service account, or of the workload itself where the file names none.
   *
   * @throws OAuthError as a request of `session()` does; ConfigurationError without a scope.
   */
  async fetchAccessToken(options: AccountTokenOptions): Promise<Token> {
    const { scope } = checkedOptions("fetchAccessToken()", options, SCOPE_RULES, "google");
    const { impersonationUrl: url, lifetime } = this.#account();
    if (url === undefined) return this.#exchange(scope);
    const session = super.session(await this.#exchange([CLOUD_PLATFORM]));
    return generateAccessToken(session, url, scope, lifetime);
  }

  /**
   * Fetches an ID token of the service account, which the audience verifies. It is the `accessToken` of the result.
   *
   * @throws OAuthError as a request of `session()` does; ConfigurationError without an audience, or without a service account.
   */
  async fetchIdToken(options: IdTokenOptions): Promise<Token> {
    const method = "fetchIdToken()";
    const { targetAudience, signal } = checkedOptions(method, options, ID_TOKEN_RULES, "google");
    const { impersonationUrl: url } = this.#account();
    if (url === undefined) throw new ConfigurationError(method, [NO_SERVICE_ACCOUNT], "google");
    const session = super.session(await this.#exchange([CLOUD_PLATFORM], signal));
    return tokenOfIdToken(this, await generateIdToken(session, url, targetAudience, signal));
  }

  async #exchange(scope: readonly string[], signal?: AbortSignal): Promise<Token> {
    const { audience, subjectTokenType, source, userProject } = this.#account();
    return this.exchangeToken({
      subjectToken: await readSubjectToken(this, source, signal),
      subjectTokenType,
      requestedTokenType: "access_token",
      audience,
      scope,
      parameters: definedFields({ options: userProject && JSON.stringify({ userProject }) }),
      ...(signal && { signal }),
    });
  }
}

const NO_SERVICE_ACCOUNT =
  "config has no service_account_impersonation_url, and a workload has no ID tokens";

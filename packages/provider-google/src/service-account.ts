import {
  defineProvider,
  OAuth2Client,
  type OAuth2Session,
  type SessionOptions,
  type Token,
  type TokenRecord,
} from "@grantkit/core";
import {
  checkedOptions,
  divideAndKeep,
  grantedSession,
  isFilledText,
  must,
  mustBeSignal,
  type OptionRules,
} from "@grantkit/core/requests";
import {
  ID_TOKEN_RULES,
  isGivenToken,
  LACKED,
  mustNameScope,
  openIdTokenSession,
  tokenOfIdToken,
} from "./account-session.ts";
import { GOOGLE } from "./preset.ts";
import type { GoogleScope } from "./scopes.ts";
import { SELF_SIGNED_RULES, signToken } from "./self-signed-token.ts";
import { SERVICE_ACCOUNT_HOOKS } from "./service-account-hooks.ts";
import { readKeyFile, type ServiceAccountKeyFile, signerOf } from "./service-account-key.ts";
import type {
  GoogleServiceAccountOptions,
  IdTokenOptions,
  IdTokenSessionOptions,
  SelfSignedSessionOptions,
  SelfSignedTokenOptions,
  ServiceAccountSessionOptions,
  ServiceAccountTokenOptions,
} from "./service-account-options.ts";

const SESSION_RULES: OptionRules<Omit<ServiceAccountTokenOptions, "signal">> = {
  scope: mustNameScope,
  // Not empty, as a missing environment variable is: only without a subject the account acts for itself.
  subject: must(
    "be the e-mail address of a user: leave it out for the account itself",
    isFilledText,
  ),
};
const TOKEN_RULES: OptionRules<ServiceAccountTokenOptions> = {
  ...SESSION_RULES,
  signal: mustBeSignal,
};

/**
 * A Google service account: a server that calls Google's APIs as itself, or in the name of a Workspace user.
 *
 * @see https://developers.google.com/identity/protocols/oauth2/service-account
 *
 * @example
 * ```ts
 * import { GoogleServiceAccount } from "@grantkit/provider-google";
 *
 * const robot = new GoogleServiceAccount({ keyFile: "service-account.json" });
 * const calendar = robot.session({
 *   scope: ["https://www.googleapis.com/auth/calendar.readonly"],
 * });
 * const { data } = await calendar.get("/calendar/v3/users/me/calendarList");
 * ```
 */
export class GoogleServiceAccount extends OAuth2Client<GoogleScope> {
  // Private, so that printing the client does not print the key. Known once the client is used.
  readonly #key: () => ServiceAccountKeyFile;

  /**
   * @param options - The key file, and how requests are sent. Or a function that returns them, which is called when the
   * client is first used: for a module that is imported where the key is missing, as in a build.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem. If the options are a function, the first
   * use throws it.
   */
  constructor(options: GoogleServiceAccountOptions | (() => GoogleServiceAccountOptions)) {
    const { parts, keptOf } = divideAndKeep(
      options,
      ({ key: given, keyFile, endpoints, ...client }) => {
        const key = readKeyFile(given, keyFile);
        return [
          () => defineProvider({ ...GOOGLE, hooks: SERVICE_ACCOUNT_HOOKS }, endpoints),
          // The assertion authenticates the account: Google wants neither a client ID nor a secret beside it.
          { ...client, clientId: key.client_email, clientAuthentication: () => undefined },
          key,
        ];
      },
      { takes: ["key", "keyFile", "endpoints"], lacks: LACKED },
    );
    super(...parts);
    this.#key = () => keptOf(this);
  }

  /**
   * Opens a session that gets its own tokens (RFC 7523 §2.1): the first one with its first request, and the next one when
   * that expires or Google answers 401. Nothing is sent before.
   *
   * Make it once or for each request that you serve: sessions with the same scope and subject share their token. Errors of
   * the token request are thrown by the request that needed the token: `INVALID_GRANT` for a key or a subject that Google
   * does not know, or a clock that is wrong; `UNAUTHORIZED_CLIENT` for a subject or a scope that no administrator has
   * delegated; `INVALID_SCOPE`, …. Before the first token `session.token` throws `TOKEN_NOT_FOUND`.
   *
   * @param options - Scope, the user in whose name the account acts, and how the session behaves.
   * @throws ConfigurationError that lists the problems of the options.
   */
  override session(options: ServiceAccountSessionOptions): OAuth2Session;
  /** Opens a session with a token that you have, as `OAuth2Client.session()` does. */
  override session(token: Token | TokenRecord, options?: SessionOptions): OAuth2Session;
  override session(
    given: ServiceAccountSessionOptions | Token | TokenRecord,
    options?: SessionOptions,
  ): OAuth2Session {
    if (isGivenToken(given)) return super.session(given, options);
    const fetchToken = (asked: ServiceAccountTokenOptions) => this.fetchServiceAccountToken(asked);
    return grantedSession(this, { method: "session()", rules: SESSION_RULES, fetchToken }, given);
  }

  /**
   * Fetches a token for the account itself, or for the user in whose name it acts (RFC 7523 §2.1). It lives for an hour and
   * has no refresh token. To call an API, `session({ scope })` is shorter: it fetches its tokens by itself.
   *
   * @throws OAuthError: `INVALID_GRANT` for a key or a subject that Google does not know, or a clock that is wrong;
   * `UNAUTHORIZED_CLIENT` for a subject or a scope that no administrator has delegated; `INVALID_SCOPE`, …;
   * ConfigurationError for bad options and a key that cannot be read.
   */
  async fetchServiceAccountToken(options: ServiceAccountTokenOptions): Promise<Token> {
    const method = "fetchServiceAccountToken()";
    const { scope, subject, ...rest } = checkedOptions(method, options, TOKEN_RULES, "google");
    const claims = { scope: scope.join(" "), ...(subject !== undefined && { sub: subject }) };
    return this.fetchJwtBearerToken({ ...rest, scope, claims, ...signerOf(this.#key()) });
  }

  /**
   * Opens a session whose tokens are JWTs that the account signs itself: no token is requested. It is faster than
   * `session()`, and works while Google's token endpoint does not. Not every API accepts such JWTs, and they cannot act for
   * a user.
   *
   * @param options - Scopes, or the API as `audience`; and how the session behaves.
   * @throws ConfigurationError that lists the problems of the options. If the key cannot sign, the first request throws it.
   * @see https://developers.google.com/identity/protocols/oauth2/service-account#jwt-auth
   */
  selfSignedSession(options: SelfSignedSessionOptions): OAuth2Session {
    const method = "selfSignedSession()";
    const fetchToken = (asked: SelfSignedTokenOptions) => this.selfSignedToken(asked);
    return grantedSession(this, { method, rules: SELF_SIGNED_RULES, fetchToken }, options);
  }

  /**
   * Signs a JWT that Google's APIs accept in the place of an access token, for an hour. Nothing is sent.
   *
   * @throws ConfigurationError for bad options and a key that cannot be read.
   */
  async selfSignedToken(options: SelfSignedTokenOptions): Promise<Token> {
    const given = checkedOptions("selfSignedToken()", options, SELF_SIGNED_RULES, "google");
    return signToken(this, this.#key(), given);
  }

  /**
   * Opens a session whose token is an ID token of the account, for Cloud Run, Cloud Functions and services behind
   * Identity-Aware Proxy. It gets its tokens as `session()` does. Request the service by its whole URL.
   *
   * @param options - The audience, and how the session behaves. The token goes to the audience's origin, or to
   * `allowedOrigins`.
   * @throws ConfigurationError that lists the problems of the options.
   * @see https://cloud.google.com/run/docs/authenticating/service-to-service
   *
   * @example
   * ```ts
   * import type { GoogleServiceAccount } from "@grantkit/provider-google";
   *
   * export async function callService(robot: GoogleServiceAccount) {
   *   const service = robot.idTokenSession({ targetAudience: "https://reports-abc.a.run.app" });
   *   return (await service.get("https://reports-abc.a.run.app/daily")).data;
   * }
   * ```
   */
  idTokenSession(options: IdTokenSessionOptions): OAuth2Session {
    return openIdTokenSession(this, options, (asked) => this.fetchIdToken(asked));
  }

  /**
   * Fetches an ID token of the account, which the audience verifies. It is the `accessToken` of the result, and lives for an
   * hour.
   *
   * @throws OAuthError: `INVALID_GRANT` for a key that Google does not know, or a clock that is wrong; `INVALID_SCOPE` for an
   * audience that Google refuses; ConfigurationError for bad options and a key that cannot be read.
   */
  async fetchIdToken(options: IdTokenOptions): Promise<Token> {
    const method = "fetchIdToken()";
    const { targetAudience, ...rest } = checkedOptions(method, options, ID_TOKEN_RULES, "google");
    const claims = { target_audience: targetAudience };
    const token = await this.fetchJwtBearerToken({ ...rest, claims, ...signerOf(this.#key()) });
    return tokenOfIdToken(this, token.accessToken);
  }
}

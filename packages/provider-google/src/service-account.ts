import {
  type AssertionToSign,
  ConfigurationError,
  type GrantedSessionOptions,
  type GrantOptions,
  OAuth2Client,
  type OAuth2ClientOptions,
  type OAuth2Session,
  type SessionOptions,
  type Token,
  type TokenRecord,
  type TokenRequestHookValue,
} from "@grantkit/core";
import { dividedOptions, isToken, ownOptions } from "@grantkit/core/requests";
import { google, type GoogleOptions } from "./preset.ts";
import type { GoogleScope } from "./scopes.ts";

/** A service account's key file, as the Google Cloud console gives it out: the fields that are used. */
export interface ServiceAccountKeyFile {
  /** The account's e-mail address, for example `robot@my-project.iam.gserviceaccount.com`. */
  readonly client_email: string;
  /** The private key: PKCS #8 in PEM form. */
  readonly private_key: string;
  /** The key's id. */
  readonly private_key_id?: string;
}

/** Options of a `GoogleServiceAccount`: its key file, and how requests are sent. */
export interface GoogleServiceAccountOptions
  extends
    Omit<OAuth2ClientOptions, "clientId" | "clientSecret" | "clientAuthentication" | "redirectUri">,
    Pick<GoogleOptions, "endpoints"> {
  /** The parsed JSON of the key file. Its `token_uri` is ignored: the token endpoint is Google's, or that of `endpoints`. */
  readonly key: ServiceAccountKeyFile;
}

/** What a service account's token is for, and for whom the account acts. */
export interface ServiceAccountTokenOptions {
  /** What the token is for; there is no default. */
  readonly scope: readonly (GoogleScope | (string & {}))[];
  /**
   * E-mail address of the Workspace user in whose name the account acts (domain-wide delegation).
   *
   * @defaultValue the account itself
   */
  readonly subject?: string;
  /** Aborts the request. */
  readonly signal?: AbortSignal;
}

/** What a service account's session is for, for whom the account acts, and how the session behaves. */
export interface ServiceAccountSessionOptions
  extends Omit<ServiceAccountTokenOptions, "signal">, GrantedSessionOptions {}

/**
 * A Google service account: a server that calls Google's APIs as itself, or in the name of a Workspace user.
 *
 * @see https://developers.google.com/identity/protocols/oauth2/service-account
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { GoogleServiceAccount } from "@grantkit/provider-google";
 *
 * const robot = new GoogleServiceAccount({
 *   key: JSON.parse(await readFile("service-account.json", "utf8")),
 * });
 * const calendar = robot.session({
 *   scope: ["https://www.googleapis.com/auth/calendar.readonly"],
 * });
 * const { data } = await calendar.get("/calendar/v3/users/me/calendarList");
 * ```
 */
export class GoogleServiceAccount extends OAuth2Client<GoogleScope> {
  // Private, so that printing the client does not print the key. Known once the client is used.
  readonly #key: () => ServiceAccountKeyFile | undefined;

  /**
   * @param options - The key file, and how requests are sent. Or a function that returns them, which is called when the
   * client is first used: for a module that is imported where the key is missing, as in a build.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem. If the options are a function, the first
   * use throws it.
   */
  constructor(options: GoogleServiceAccountOptions | (() => GoogleServiceAccountOptions)) {
    let key: ServiceAccountKeyFile | undefined;
    super(
      ...dividedOptions(options, ({ key: given, endpoints, ...client }) => {
        const problems = keyFileProblems(given);
        if (problems.length > 0) throw new ConfigurationError("The service account", problems);
        key = given;
        return [() => google({ endpoints }), accountOptions(given, client)];
      }),
    );
    this.#key = () => key;
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
    // Of an options object, accessToken may be that of a polluted Object.prototype.
    if (given && (isToken(given) || Object.hasOwn(given, "accessToken"))) {
      return super.session(given as Token | TokenRecord, options);
    }
    const { scope, subject, ...rest } = ownOptions((given ?? {}) as ServiceAccountSessionOptions);
    return this.jwtBearerSession({ ...rest, ...this.#assertion("session()", scope, subject) });
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
    // JavaScript callers may pass nothing; the error then says what is missing.
    const { scope, subject, signal } = ownOptions(options ?? ({} as ServiceAccountTokenOptions));
    return this.fetchJwtBearerToken({
      ...this.#assertion("fetchServiceAccountToken()", scope, subject),
      ...(signal && { signal }),
    });
  }

  /** What the account signs, and the key that it signs with. */
  #assertion(
    method: string,
    scope: readonly string[],
    subject: string | undefined,
  ): AssertionToSign & Pick<GrantOptions, "scope"> {
    // Where the options are a function, this is the client's first use, after which the key is known.
    const { name } = this.provider;
    if (!Array.isArray(scope) || scope.length === 0) {
      throw new ConfigurationError(
        method,
        ["scope is missing: name at least one, for example https://www.googleapis.com/auth/drive"],
        name,
      );
    }
    const { private_key: key, private_key_id: keyId } = this.#key() as ServiceAccountKeyFile;
    return {
      scope,
      claims: { scope: scope.join(" "), ...(subject !== undefined && { sub: subject }) },
      key,
      ...(keyId !== undefined && { keyId }),
    };
  }
}

function accountOptions(
  key: ServiceAccountKeyFile,
  client: Omit<GoogleServiceAccountOptions, "key" | "endpoints">,
): OAuth2ClientOptions {
  const own = ownOptions(client).hooks;
  return {
    ...client,
    clientId: key.client_email,
    // The assertion authenticates the account: Google wants neither a client ID nor a secret beside it.
    clientAuthentication: () => undefined,
    hooks: {
      ...own,
      tokenRequest: [withScopeInAssertionOnly, ownOptions(own)?.tokenRequest ?? []].flat(),
    },
  };
}

function keyFileProblems(key: unknown): string[] {
  if (key === undefined) {
    return [
      "key is missing: pass the parsed JSON of a service account's key file, with client_email and private_key (is the environment variable set?)",
    ];
  }
  const {
    type,
    client_email: email,
    private_key: pem,
  } = (key ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof email === "string" && email.includes("@") && typeof pem === "string" && pem !== "") {
    return [];
  }
  return typeof type === "string" && type !== "service_account"
    ? ['key is another kind of credential: pass a key file whose "type" is "service_account"']
    : [
        "key must be the parsed JSON of a service account's key file, with client_email and private_key",
      ];
}

function withScopeInAssertionOnly(request: TokenRequestHookValue): TokenRequestHookValue {
  const { scope: _signed, ...body } = request.body;
  return { ...request, body };
}

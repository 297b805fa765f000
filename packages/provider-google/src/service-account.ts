import {
  ConfigurationError,
  OAuth2Client,
  type OAuth2ClientOptions,
  type Token,
  type TokenRequestHookValue,
} from "@grantkit/core";
import { google, type GoogleOptions } from "./preset.ts";
import type { GoogleScope } from "./scopes.ts";

/** What is read of a service account's key file, as the Google Cloud console gives it out. */
export interface ServiceAccountKeyFile {
  /** The account's address, for example `robot@my-project.iam.gserviceaccount.com`. */
  readonly client_email: string;
  /** PKCS #8 in PEM form. */
  readonly private_key: string;
  /** The key's id. */
  readonly private_key_id?: string;
}

/** A service account's key file, and how requests are made. */
export interface GoogleServiceAccountOptions
  extends
    Omit<OAuth2ClientOptions, "clientId" | "clientSecret" | "clientAuthentication" | "redirectUri">,
    GoogleOptions {
  /** The key file's JSON, parsed. Its `token_uri` is not followed: the token endpoint is Google's, or that of `endpoints`. */
  readonly key: ServiceAccountKeyFile;
}

/** For what, and for whom, a service account acts. */
export interface ServiceAccountTokenOptions {
  /** What the token is for; there is no default. */
  readonly scope: readonly (GoogleScope | (string & {}))[];
  /** E-mail address of the Workspace user in whose name it acts (domain-wide delegation); by default its own. */
  readonly subject?: string;
  /** Gives up the request. */
  readonly signal?: AbortSignal;
}

/**
 * A service account: a server that calls Google's APIs by itself, without a user.
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
 * const token = await robot.fetchServiceAccountToken({
 *   scope: ["https://www.googleapis.com/auth/calendar.readonly"],
 * });
 * const { data } = await robot.session(token).get("/calendar/v3/users/me/calendarList");
 * ```
 */
export class GoogleServiceAccount extends OAuth2Client<GoogleScope> {
  // Private: nothing that prints the client prints the key.
  readonly #key: ServiceAccountKeyFile;

  /**
   * @param options - The key file.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that says what is wrong with it.
   */
  constructor(options: GoogleServiceAccountOptions) {
    const { key, endpoints, ...client } =
      // From JavaScript nothing may come: the error then lists what is missing.
      options ?? ({} as GoogleServiceAccountOptions);
    const problems = keyFileProblems(key);
    if (problems.length > 0) throw new ConfigurationError("The service account", problems);
    const own = client.hooks?.tokenRequest ?? [];
    super(() => google({ endpoints }), {
      ...client,
      clientId: key.client_email,
      // The assertion says who asks: Google wants neither an ID nor a secret beside it.
      clientAuthentication: () => undefined,
      hooks: { ...client.hooks, tokenRequest: [withScopeInAssertionOnly, own].flat() },
    });
    this.#key = key;
  }

  /**
   * A token for the account itself, or for the user in whose name it acts (RFC 7523 §2.1). It lives for an hour and
   * has no refresh token: ask for another one.
   *
   * @throws OAuthError: `INVALID_GRANT` for a key or a subject that Google does not know, or a clock that is wrong;
   * `UNAUTHORIZED_CLIENT` for a subject or a scope that no administrator has delegated; `INVALID_SCOPE`, …;
   * ConfigurationError for bad options and a key that cannot be read.
   */
  async fetchServiceAccountToken(options: ServiceAccountTokenOptions): Promise<Token> {
    // From JavaScript nothing may come.
    const { scope, subject, signal } = options ?? ({} as ServiceAccountTokenOptions);
    if (!Array.isArray(scope) || scope.length === 0) {
      throw new ConfigurationError(
        "fetchServiceAccountToken()",
        ["scope is missing: name at least one, for example https://www.googleapis.com/auth/drive"],
        this.provider.name,
      );
    }
    const { private_key: key, private_key_id: keyId } = this.#key;
    return this.fetchJwtBearerToken({
      scope,
      claims: { scope: scope.join(" "), ...(subject !== undefined && { sub: subject }) },
      key,
      ...(keyId !== undefined && { keyId }),
      ...(signal && { signal }),
    });
  }
}

function keyFileProblems(key: unknown): string[] {
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

import {
  OAuth2Client,
  type OAuth2ClientOptions,
  type OAuth2Session,
  type SessionOptions,
  Token,
  type TokenRecord,
} from "@grantkit/core";
import {
  type ApiCallAnswer,
  callWithoutToken,
  checkedOptions,
  clockOf,
  divideAndKeep,
  grantedSession,
  isFilledText,
  must,
  mustBeScope,
  type OptionRules,
  readJsonFields,
  readSeconds,
  readText,
} from "@grantkit/core/requests";
import {
  type AccountSessionOptions,
  type AccountTokenOptions,
  ID_TOKEN_RULES,
  isGivenToken,
  LACKED,
  openIdTokenSession,
  tokenOfIdToken,
} from "./account-session.ts";
import { google, type GoogleOptions } from "./preset.ts";
import type { GoogleScope } from "./scopes.ts";
import type { IdTokenOptions, IdTokenSessionOptions } from "./service-account-options.ts";

/** Options of a `GoogleMetadataServer`. */
export interface GoogleMetadataServerOptions
  extends
    Omit<OAuth2ClientOptions, "clientId" | "clientSecret" | "clientAuthentication" | "redirectUri">,
    Pick<GoogleOptions, "endpoints"> {
  /**
   * The metadata server's host, with its port: `GCE_METADATA_HOST` of Google's own libraries.
   *
   * @defaultValue `"metadata.google.internal"`
   */
  readonly host?: string | undefined;
  /**
   * The e-mail address of the service account, where the machine has several.
   *
   * @defaultValue `"default"`
   */
  readonly account?: string | undefined;
}

/** What a session of the machine's account is for, and how it behaves. */
export type MetadataSessionOptions = Partial<AccountSessionOptions>;

const TOKEN_RULES: OptionRules<Partial<AccountTokenOptions>> = { scope: mustBeScope };
const PLACE_RULES: OptionRules<Record<"host" | "account", string>> = {
  host: must('be a host name, with a port or without, for example "127.0.0.1:8080"', isHost),
  account: must(
    'be the e-mail address of a service account, or "default"',
    (value) => isFilledText(value) && /^\w[\w.@-]*$/.test(value),
  ),
};

/**
 * The service account of the machine that runs the app: Compute Engine, Cloud Run, Cloud Functions, App Engine, and Google
 * Kubernetes Engine with Workload Identity. There is no key: the machine's metadata server gives out the tokens.
 *
 * @see https://cloud.google.com/compute/docs/metadata/overview
 *
 * @example
 * ```ts
 * import { GoogleMetadataServer } from "@grantkit/provider-google";
 *
 * const machine = new GoogleMetadataServer();
 * const { data } = await machine.session().get("https://pubsub.googleapis.com/v1/projects/my-project/topics");
 * ```
 */
export class GoogleMetadataServer extends OAuth2Client<GoogleScope> {
  readonly #place: () => Readonly<Record<"host" | "account", string>>;

  /**
   * @param options - The metadata server and how requests are sent. Or a function that returns them, which is called when the
   * client is first used.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem.
   */
  constructor(options: GoogleMetadataServerOptions | (() => GoogleMetadataServerOptions) = {}) {
    const { parts, keptOf } = divideAndKeep(
      options,
      ({ host = "metadata.google.internal", account = "default", endpoints, ...client }) => [
        () => google({ endpoints }),
        { ...client, clientId: "metadata-server" },
        checkedOptions("The metadata server", { host, account }, PLACE_RULES, "google"),
      ],
      { takes: ["host", "account", "endpoints"], lacks: LACKED },
    );
    super(...parts);
    this.#place = () => keptOf(this);
  }

  /**
   * Opens a session with the account's access tokens. It gets the first one with its first request, and the next one when
   * that expires or Google answers 401.
   *
   * @param options - `scope`, by default what the machine is allowed to do, and how the session behaves.
   * @throws ConfigurationError that lists the problems of the options.
   */
  override session(options?: MetadataSessionOptions): OAuth2Session;
  /** Opens a session with a token that you have, as `OAuth2Client.session()` does. */
  override session(token: Token | TokenRecord, options?: SessionOptions): OAuth2Session;
  override session(
    given: MetadataSessionOptions | Token | TokenRecord = {},
    options?: SessionOptions,
  ): OAuth2Session {
    if (isGivenToken(given)) return super.session(given, options);
    const fetchToken = (asked: Partial<AccountTokenOptions>) => this.fetchAccessToken(asked);
    return grantedSession(this, { method: "session()", rules: TOKEN_RULES, fetchToken }, given);
  }

  /**
   * Opens a session with the account's ID tokens, for Cloud Run, Cloud Functions and services behind Identity-Aware Proxy.
   *
   * @throws ConfigurationError that lists the problems of the options.
   */
  idTokenSession(options: IdTokenSessionOptions): OAuth2Session {
    return openIdTokenSession(this, options, (asked) => this.fetchIdToken(asked));
  }

  /**
   * Fetches an access token of the account. The metadata server keeps it, and gives out the same one until it is about to
   * expire.
   *
   * @throws OAuthError: `NETWORK_ERROR` where there is no metadata server, `API_REQUEST_FAILED` for an account or a scope
   * that the machine does not have, `TOKEN_RESPONSE_INVALID` for an answer that is none of a metadata server.
   */
  async fetchAccessToken(options: { readonly scope?: readonly string[] } = {}): Promise<Token> {
    const method = "fetchAccessToken()";
    const { scope = [] } = checkedOptions(method, options, TOKEN_RULES, "google");
    const query = scope.length === 0 ? "" : `?scopes=${encodeURIComponent(scope.join(","))}`;
    const { text, unusable } = await this.#askAboutAccount(`token${query}`);
    const { access_token: given, expires_in: lifetime } = readJsonFields(text);
    const [accessToken, seconds] = [readText(given), readSeconds(lifetime)];
    if (accessToken === undefined) throw unusable("access_token");
    if (!seconds) throw unusable("expires_in");
    const expiresAt = clockOf(this).now() + seconds * 1000;
    return Token.from({ accessToken, tokenType: "bearer", expiresAt, scope: [...scope] });
  }

  /**
   * Fetches an ID token of the account, which the audience verifies. It is the `accessToken` of the result.
   *
   * @throws OAuthError as `fetchAccessToken()` does; ConfigurationError without an audience.
   */
  async fetchIdToken(options: IdTokenOptions): Promise<Token> {
    const method = "fetchIdToken()";
    const { targetAudience, signal } = checkedOptions(method, options, ID_TOKEN_RULES, "google");
    const query = `audience=${encodeURIComponent(targetAudience)}&format=full`;
    const { text } = await this.#askAboutAccount(`identity?${query}`, signal);
    return tokenOfIdToken(this, text);
  }

  /**
   * Fetches a value of the metadata server as a text.
   *
   * @param path - The path below `/computeMetadata/v1/`, for example `project/project-id`.
   * @throws OAuthError as `fetchAccessToken()` does.
   */
  async fetchMetadata(path: string): Promise<string> {
    return (await this.#ask(path)).text;
  }

  #askAboutAccount(what: string, signal?: AbortSignal): Promise<ApiCallAnswer> {
    return this.#ask(`instance/service-accounts/${this.#place().account}/${what}`, signal);
  }

  async #ask(path: string, signal?: AbortSignal): Promise<ApiCallAnswer> {
    const answer = await callWithoutToken(this, {
      url: `http://${this.#place().host}/computeMetadata/v1/${path}`,
      headers: { "Metadata-Flavor": "Google" },
      signal,
      what: "the request to the metadata server",
      advice: "Check that the app runs on Google Cloud, with that service account and scope.",
      // The body may have a token, whatever the status.
      refusal: ({ status, error }) => error({ error: `status ${status}` }),
    });
    // Somebody else may answer under its name, for example a captive portal.
    if (answer.header("metadata-flavor") === "Google") return answer;
    throw answer.unusable("metadata-flavor");
  }
}

function isHost(value: unknown): boolean {
  const url = `http://${String(value)}`;
  return URL.canParse(url) && new URL(url).host === value;
}

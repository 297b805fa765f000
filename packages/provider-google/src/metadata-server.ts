import {
  OAuth2Client,
  type OAuth2ClientOptions,
  OAuthError,
  type OAuth2Session,
  type SessionOptions,
  Token,
  type TokenRecord,
} from "@grantkit/core";
import { dividedOptions, isObject, ownFields } from "@grantkit/core/requests";
import {
  type AccountSessionOptions,
  isGivenToken,
  openAccountSession,
  openIdTokenSession,
} from "./account-session.ts";
import { checkAudience, tokenOfIdToken } from "./id-token-session.ts";
import { getLocally } from "./local-request.ts";
import { type Place, placeOf } from "./metadata-place.ts";
import { google } from "./preset.ts";
import type { GoogleScope } from "./scopes.ts";
import type { IdTokenOptions, IdTokenSessionOptions } from "./service-account-options.ts";

/** Options of a `GoogleMetadataServer`. */
export interface GoogleMetadataServerOptions extends Omit<
  OAuth2ClientOptions,
  "clientId" | "clientSecret" | "clientAuthentication" | "redirectUri"
> {
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
  readonly #place: () => Machine;

  /**
   * @param options - The metadata server and how requests are sent. Or a function that returns them, which is called when the
   * client is first used.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem.
   */
  constructor(options: GoogleMetadataServerOptions | (() => GoogleMetadataServerOptions) = {}) {
    let place: Machine | undefined;
    super(
      ...dividedOptions(options, ({ host, account, ...client }) => {
        const now = (): number => client.clock?.now() ?? Date.now();
        const found = placeOf(host ?? "metadata.google.internal", account ?? "default");
        place = { ...found, now };
        return [() => google(), { ...client, clientId: "metadata-server" }];
      }),
    );
    this.#place = () => {
      // Where the options are a function, this may be the client's first use, which reads them.
      void this.provider;
      return place as Machine;
    };
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
    return openAccountSession(this, { scope: [], ...given }, (scope) =>
      this.fetchAccessToken({ scope }),
    );
  }

  /**
   * Opens a session with the account's ID tokens, for Cloud Run, Cloud Functions and services behind Identity-Aware Proxy.
   *
   * @throws ConfigurationError that lists the problems of the options.
   */
  idTokenSession(options: IdTokenSessionOptions): OAuth2Session {
    return openIdTokenSession(this, this.provider.name, options, (targetAudience) =>
      this.fetchIdToken({ targetAudience }),
    );
  }

  /**
   * Fetches an access token of the account. The metadata server keeps it, and gives out the same one until it is about to
   * expire.
   *
   * @throws OAuthError: `NETWORK_ERROR` where there is no metadata server, `API_REQUEST_FAILED` for an account or a scope
   * that the machine does not have, `TOKEN_RESPONSE_INVALID` for an answer that is none of a metadata server.
   */
  async fetchAccessToken({ scope = [] }: { scope?: readonly string[] } = {}): Promise<Token> {
    const { now, account } = this.#place();
    const query = scope.length === 0 ? "" : `?scopes=${encodeURIComponent(scope.join(","))}`;
    const text = await this.fetchMetadata(`instance/service-accounts/${account}/token${query}`);
    const { access_token: accessToken, expires_in: seconds } = fieldsOf(text);
    if (typeof accessToken !== "string" || typeof seconds !== "number") {
      throw unusable(this.provider.name, "it has no access_token with expires_in");
    }
    return Token.from({
      accessToken,
      tokenType: "bearer",
      expiresAt: now() + seconds * 1000,
      scope: [...scope],
    });
  }

  /**
   * Fetches an ID token of the account, which the audience verifies. It is the `accessToken` of the result.
   *
   * @throws OAuthError as `fetchAccessToken()` does; ConfigurationError without an audience.
   */
  async fetchIdToken({ targetAudience }: IdTokenOptions): Promise<Token> {
    const { name } = this.provider;
    checkAudience("fetchIdToken()", name, targetAudience);
    const query = `audience=${encodeURIComponent(targetAudience)}&format=full`;
    const { account } = this.#place();
    const path = `instance/service-accounts/${account}/identity?${query}`;
    return tokenOfIdToken(name, await this.fetchMetadata(path));
  }

  /**
   * Fetches a value of the metadata server as a text.
   *
   * @param path - The path below `/computeMetadata/v1/`, for example `project/project-id`.
   * @throws OAuthError as `fetchAccessToken()` does.
   */
  async fetchMetadata(path: string): Promise<string> {
    const { origin } = this.#place();
    const { name } = this.provider;
    const session = super.session(NO_TOKEN, { refresh: "manual" });
    const { text, header } = await getLocally(session, name, {
      url: `${origin}/computeMetadata/v1/${path}`,
      headers: { "Metadata-Flavor": "Google" },
      what: "the metadata server",
      advice: "Check that the app runs on Google Cloud, with that service account and scope.",
    });
    // Somebody else may answer under its name, for example a captive portal.
    if (header("metadata-flavor") === "Google") return text;
    throw unusable(name, "the header Metadata-Flavor is missing");
  }
}

/** What a client knows once its options were read. */
interface Machine extends Place {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** For requests that send none. */
const NO_TOKEN: TokenRecord = { accessToken: "none" };

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const fields: unknown = JSON.parse(text);
    return ownFields(isObject(fields) ? fields : {});
  } catch {
    return ownFields({});
  }
}

function unusable(provider: string, reason: string): OAuthError {
  const message = `The response of the metadata server cannot be used: ${reason}. Check the option host.`;
  return new OAuthError("TOKEN_RESPONSE_INVALID", message, { provider });
}

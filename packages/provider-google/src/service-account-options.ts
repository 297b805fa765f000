import type { GrantedSessionOptions, OAuth2ClientOptions } from "@grantkit/core";
import type { GoogleOptions } from "./preset.ts";
import type { GoogleScope } from "./scopes.ts";
import type { ServiceAccountKeyFile } from "./service-account-key.ts";

/** Options of a `GoogleServiceAccount`: its key file, and how requests are sent. */
export interface GoogleServiceAccountOptions
  extends
    Omit<OAuth2ClientOptions, "clientId" | "clientSecret" | "clientAuthentication" | "redirectUri">,
    Pick<GoogleOptions, "endpoints"> {
  /**
   * The key file: its parsed JSON, or its text, for example of an environment variable. Its `token_uri` is ignored: the token
   * endpoint is Google's, or that of `endpoints`.
   */
  readonly key?: ServiceAccountKeyFile | string | undefined;
  /** The path of the key file, in the place of `key`; read once, in Node.js. */
  readonly keyFile?: string | undefined;
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

/** What a self-signed JWT is for: scopes, or one API. */
export type SelfSignedTokenOptions =
  | {
      /** The scopes, of any of Google's APIs. */
      readonly scope: readonly (GoogleScope | (string & {}))[];
      /** Not allowed with scopes. */
      readonly audience?: never;
    }
  | {
      /** The API, for example `https://pubsub.googleapis.com/`. */
      readonly audience: string;
      /** Not allowed with an audience. */
      readonly scope?: never;
    };

/** What the JWTs of a self-signed session are for, and how the session behaves. */
export type SelfSignedSessionOptions = SelfSignedTokenOptions & GrantedSessionOptions;

/** Whom an ID token of a service account is for. */
export interface IdTokenOptions {
  /**
   * The audience: of Cloud Run and Cloud Functions the service's URL, of Identity-Aware Proxy (IAP) its client ID.
   */
  readonly targetAudience: string;
  /** Aborts the request. */
  readonly signal?: AbortSignal;
}

/** Whom the ID tokens of a session are for, and how the session behaves. */
export interface IdTokenSessionOptions
  extends Omit<IdTokenOptions, "signal">, GrantedSessionOptions {
  /**
   * Origins that may receive the ID token, for example `https://admin.example.com` behind IAP.
   *
   * @defaultValue the origin of `targetAudience`, where that is a URL
   */
  readonly allowedOrigins?: readonly string[];
}

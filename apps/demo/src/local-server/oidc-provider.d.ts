/** The part of oidc-provider that the local server uses: the package has no types. */
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  /** An error of the protocol, answered as RFC 6749 §5.2 says. */
  type ProtocolError = new (description?: string) => Error;
  export const errors: {
    readonly InvalidGrant: ProtocolError;
    readonly InvalidScope: ProtocolError;
    readonly InvalidTarget: ProtocolError;
  };

  /** What the user agreed to. */
  export interface Grant {
    addOIDCScope(scope: string): void;
    addOIDCClaims(claims: readonly string[]): void;
    addResourceScope(resource: string, scope: string): void;
    addRar(detail: object): void;
    getOIDCScope(): string;
    save(): Promise<string>;
  }

  /** An access or refresh token. */
  export interface IssuedToken {
    readonly accountId?: string;
    readonly clientId?: string;
    readonly grantId?: string;
    readonly scope?: string;
    readonly aud?: string | readonly string[];
    readonly rar?: readonly object[];
    readonly jkt?: string;
    readonly isValid: boolean;
    readonly expiration: number;
    readonly tokenType: string;
    setThumbprint(kind: "jkt", thumbprint: string): void;
    save(): Promise<string>;
  }

  /** Tokens of one kind. */
  export interface TokenModel {
    new (fields: Readonly<Record<string, unknown>>): IssuedToken;
    find(token: string): Promise<IssuedToken | undefined>;
  }

  /** A question to the user. */
  export interface Interaction {
    readonly uid: string;
    readonly prompt: { readonly name: string; readonly details: Readonly<Record<string, unknown>> };
    readonly params: Readonly<Record<string, unknown>>;
    readonly grantId?: string;
    readonly session?: { readonly accountId: string };
  }

  /** A token request, as a grant's handler sees it. */
  export interface GrantContext {
    readonly oidc: {
      readonly client: { readonly clientId: string; readonly clientAuthMethod: string };
      readonly params: Readonly<Record<string, string | undefined>>;
      readonly provider: Provider;
      entity(name: "Account", account: object | undefined): void;
    };
    body: unknown;
  }

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    readonly issuer: string;
    readonly Grant: {
      new (of: { readonly accountId: string; readonly clientId: string }): Grant;
      find(id: string): Promise<Grant | undefined>;
    };
    readonly AccessToken: TokenModel;
    readonly ClientCredentials: TokenModel;
    readonly RefreshToken: TokenModel;
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    registerGrantType(
      name: string,
      handler: (context: GrantContext) => Promise<void>,
      parameters: readonly string[],
      repeatable?: readonly string[],
    ): void;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: object,
      options: { readonly mergeWithLastSubmission: boolean },
    ): Promise<void>;
  }
}

declare module "oidc-provider/lib/adapters/memory_adapter.js" {
  /** Where oidc-provider keeps its tokens by default. */
  export function createMemoryAdapter(): (model: string) => object;
}

declare module "oidc-provider/lib/helpers/grant_common.js" {
  import type { Grant, GrantContext, IssuedToken, Provider } from "oidc-provider";

  /** Issues an ID token if the scopes of the source have openid. */
  export function issueIdToken(
    provider: Provider,
    context: GrantContext,
    source: IssuedToken,
    accessToken: IssuedToken,
    grant: Grant,
  ): Promise<string | undefined>;
}

declare module "oidc-provider/lib/helpers/validate_dpop.js" {
  import type { GrantContext, Provider } from "oidc-provider";

  // eslint-disable-next-line import/no-default-export -- it is how the package exports it
  export default function validateDpop(
    provider: Provider,
    context: GrantContext,
  ): Promise<{ readonly thumbprint: string } | undefined>;
}

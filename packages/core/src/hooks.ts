import { ownFields } from "./options/own-fields.ts";
import type { TokenPlacement } from "./tokens/token-placement.ts";
import type { Token } from "./tokens/token.ts";

/** The call that a hook runs in. */
export interface HookContext {
  /** The provider's name. */
  readonly provider: string;
  /** `authorization_code`, `refresh_token`, …; undefined outside token requests. */
  readonly grant?: string;
}

/** What the `authorizationRequest` hook sees: an authorization request before its URL is built. */
export interface AuthorizationRequestHookValue {
  /** The authorization endpoint without its fragment, which is put at the end unless a hook gives another one. */
  readonly url: string;
  /**
   * Query parameters by name. A hook that changes, drops or adds `state`, `nonce`, the PKCE challenge or `dpop_jkt` is refused
   * with a `ConfigurationError`: they protect the sign-in. A changed `redirect_uri` is also sent when the code is exchanged (RFC 6749 §4.1.3).
   */
  readonly parameters: Readonly<Record<string, string | readonly string[]>>;
}

/** What the `tokenRequest` and `refreshRequest` hooks see: a request to the token endpoint. */
export interface TokenRequestHookValue {
  /** The token endpoint. */
  readonly url: string;
  /** POST. A hook may change it to GET, which moves the fields to the query. */
  readonly method: "GET" | "POST";
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Form fields, including the client's credentials: do not log them. A hook that changes, drops or adds `code_verifier` is
   * refused with a `ConfigurationError`.
   */
  readonly body: Readonly<Record<string, string | readonly string[]>>;
}

/** What the `tokenResponse` and `refreshResponse` hooks see: a parsed response of the token endpoint (JSON or form). */
export interface TokenResponseHookValue {
  /** HTTP status. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body. It holds tokens: do not log it. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the `protectedRequest` hook sees: a request to the provider's API, before the token is placed. */
export interface ProtectedRequestHookValue {
  /** The URL, query included. */
  readonly url: string;
  /** In upper case. */
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The fields of a form body, which a hook may change; undefined for any other body and for none. */
  readonly body?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** The token that the session will place. */
  readonly token: Token;
  /** Where the session will place the token. A hook may change it; `"none"` sends the request without the token. */
  readonly placement: TokenPlacement | "none";
}

/** What the `protectedResponse` hook sees: a response of the provider's API to a request with a token, of any status. */
export interface ProtectedResponseHookValue {
  /** The URL that was requested, query included, without the token. */
  readonly url: string;
  /** In upper case. */
  readonly method: string;
  /** HTTP status. */
  readonly status: number;
  /** Reads a header by its name; undefined where the response does not have it. */
  readonly header: (name: string) => string | undefined;
}

/** Returns a changed value, or nothing to keep the value as it is. May be async. */
export type Hook<Value> = (
  value: Value,
  context: HookContext,
) => Value | undefined | void | Promise<Value | undefined | void>;

/** One hook, or several that run in order. */
export type HookList<Value> = Hook<Value> | readonly Hook<Value>[];

/**
 * Hooks that adjust requests and responses for the quirks of a provider, named after the compliance hooks of
 * requests-oauthlib. A provider's hooks run before a client's.
 */
export interface Hooks {
  /** Runs before the authorization URL is built. */
  readonly authorizationRequest?: HookList<AuthorizationRequestHookValue>;
  /** Runs before a token request is sent, unless it is a refresh. */
  readonly tokenRequest?: HookList<TokenRequestHookValue>;
  /** Runs after every token response, including that of a refresh; `context.grant` names the grant. */
  readonly tokenResponse?: HookList<TokenResponseHookValue>;
  /** Runs before a refresh request is sent. */
  readonly refreshRequest?: HookList<TokenRequestHookValue>;
  /** Runs after the response to a refresh, and after `tokenResponse`. */
  readonly refreshResponse?: HookList<TokenResponseHookValue>;
  /** Runs before a session sends a request with a token. */
  readonly protectedRequest?: HookList<ProtectedRequestHookValue>;
  /**
   * Runs after each response of the API, those that are retried and redirects too: to watch rate limits, for example. The
   * response stays as it is, whatever a hook returns.
   */
  readonly protectedResponse?: HookList<ProtectedResponseHookValue>;
}

/** The hooks of a provider and of a client, in the order in which they run. */
export class HookChain {
  readonly #lists: readonly Hooks[];

  constructor(...lists: readonly (Hooks | undefined)[]) {
    this.#lists = lists.filter((list) => list !== undefined).map((list) => ownFields(list));
  }

  /** Whether a hook of this name is set. */
  has(name: keyof Hooks): boolean {
    return this.#lists.some((list) => list[name] !== undefined);
  }

  /**
   * Passes a value through every hook of this name.
   *
   * @param passed - Called with the value after each hook, for those who need it when a later hook throws.
   */
  async run<Value>(
    name: keyof Hooks,
    value: Value,
    context: HookContext,
    passed?: (value: Value) => void,
  ): Promise<Value> {
    let current = value;
    for (const list of this.#lists) {
      const hooks = (list[name] ?? []) as unknown as HookList<Value>;
      for (const hook of typeof hooks === "function" ? [hooks] : hooks) {
        current = (await hook(current, context)) ?? current;
        passed?.(current);
      }
    }
    return current;
  }
}

import type { TokenPlacement } from "./tokens/token-placement.ts";
import type { Token } from "./tokens/token.ts";

/** What a hook is told about the call that it is part of. */
export interface HookContext {
  /** The provider's name. */
  readonly provider: string;
  /** `authorization_code`, `refresh_token`, …; undefined outside token requests. */
  readonly grant?: string;
}

/** An authorization request before its URL is made. */
export interface AuthorizationRequestHookValue {
  /** The authorization endpoint. */
  readonly url: string;
  /**
   * Query parameters by name. `state`, PKCE and nonce are in; changing them has no effect. A changed `redirect_uri`
   * is remembered, and sent with the code as well (RFC 6749 §4.1.3).
   */
  readonly parameters: Readonly<Record<string, string | readonly string[]>>;
}

/** A request to the token endpoint. */
export interface TokenRequestHookValue {
  /** The token endpoint. */
  readonly url: string;
  /** POST; a hook may make it GET, and the fields then go into the query. */
  readonly method: "GET" | "POST";
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Form fields, client authentication included: do not log them. */
  readonly body: Readonly<Record<string, string | readonly string[]>>;
}

/** A response of the token endpoint, parsed (JSON or form). */
export interface TokenResponseHookValue {
  /** HTTP status. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body: tokens are in it, so do not log it. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request to the provider's API, before the token is placed. */
export interface ProtectedRequestHookValue {
  /** The URL, query included. */
  readonly url: string;
  /** In upper case. */
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Fields of a form body, which a hook may change; undefined for no body and for every other one. */
  readonly body?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** The token that will be placed. */
  readonly token: Token;
  /** Where it will be placed, which a hook may change; `"none"` sends the request without it. */
  readonly placement: TokenPlacement | "none";
}

/** Looks at a value and returns it changed, or nothing to leave it as it is. May be async. */
export type Hook<Value> = (
  value: Value,
  context: HookContext,
) => Value | undefined | void | Promise<Value | undefined | void>;

/** One hook, or several that run in order. */
export type HookList<Value> = Hook<Value> | readonly Hook<Value>[];

/**
 * Where a provider that bends the rules is mended, by requests-oauthlib's names for its compliance hooks.
 * A provider's hooks run before a client's.
 */
export interface Hooks {
  /** Before the authorization URL is made. */
  readonly authorizationRequest?: HookList<AuthorizationRequestHookValue>;
  /** Before a token request is sent, other than a refresh. */
  readonly tokenRequest?: HookList<TokenRequestHookValue>;
  /** After any token response, a refresh too: `context.grant` tells them apart. */
  readonly tokenResponse?: HookList<TokenResponseHookValue>;
  /** Before a refresh is sent. */
  readonly refreshRequest?: HookList<TokenRequestHookValue>;
  /** After the response to a refresh, after `tokenResponse`. */
  readonly refreshResponse?: HookList<TokenResponseHookValue>;
  /** Before a session sends a request with a token. */
  readonly protectedRequest?: HookList<ProtectedRequestHookValue>;
}

/** The names of the hooks. */
export const HOOK_NAMES: readonly (keyof Hooks)[] = [
  "authorizationRequest",
  "tokenRequest",
  "tokenResponse",
  "refreshRequest",
  "refreshResponse",
  "protectedRequest",
];

/** The hooks of a provider and of a client, in the order in which they run. */
export class HookChain {
  readonly #lists: readonly Hooks[];

  constructor(...lists: readonly (Hooks | undefined)[]) {
    this.#lists = lists.filter((list) => list !== undefined);
  }

  /** Whether any hook of this name is there. */
  has(name: keyof Hooks): boolean {
    return this.#lists.some((list) => list[name] !== undefined);
  }

  /** Passes a value through every hook of this name. */
  async run<Value>(name: keyof Hooks, value: Value, context: HookContext): Promise<Value> {
    let current = value;
    for (const list of this.#lists) {
      const hooks = (list[name] ?? []) as unknown as HookList<Value>;
      for (const hook of typeof hooks === "function" ? [hooks] : hooks) {
        current = (await hook(current, context)) ?? current;
      }
    }
    return current;
  }
}

import { OAuthError } from "../errors/oauth-error.ts";
import {
  isObject,
  must,
  type OptionRules,
  optionProblems,
  isFilledText,
} from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";
import type { InsecureHttp } from "./insecure-http.ts";
import { ApiOrigins, isAbsolute } from "./api-origins.ts";

/** Where the base URL of an API comes from, if each token has its own. */
export interface TokenBaseUrl {
  /** The field of the token response (`token.raw`) that has the URL, for example `instance_url`. */
  readonly tokenField: string;
  /**
   * What follows the field's value, for example `/services/data/v62.0`.
   *
   * @defaultValue nothing
   */
  readonly path?: string;
}

const RULES: OptionRules<TokenBaseUrl> = {
  tokenField: (value, name) =>
    isFilledText(value)
      ? []
      : [`${name} must be the name of a field of the token response, for example "instance_url"`],
  path: must(
    'be a path, for example "/v1"',
    (value) =>
      typeof value === "string" && /^\/(?!\/)[^?#\\\s]*$/.test(value) && !value.includes(".."),
  ),
};

/** Lists what is wrong with the base of an API that comes with the token. */
export function tokenBaseProblems(
  value: object,
  name: string,
  { origins }: Readonly<Record<string, unknown>>,
): string[] {
  const problems = optionProblems(value, RULES, `${name}.`);
  if (Array.isArray(origins) && origins.length > 0) return problems;
  return [
    ...problems,
    'api.origins is missing: it lists where the token may be sent, because what a token response says is not trusted, for example ["https://*.my.salesforce.com"]',
  ];
}

/** A token, as far as the base of the API depends on it. */
interface TokenWithBase {
  readonly raw: Readonly<Record<string, unknown>>;
}

/** The token of a session. */
interface HeldToken {
  readonly current: TokenWithBase;
  /** Whether there is one already; a session that gets its own has none at first. */
  readonly isLoaded: boolean;
}

/** An API whose base comes with the token, as {@link TokenOrigins} need it. */
export interface MovingApi {
  /** The provider's name, for errors. */
  readonly provider: string;
  readonly base: TokenBaseUrl;
  readonly origins: readonly string[] | undefined;
  /** What may receive the token, whatever its base. */
  readonly shared: ApiOrigins;
  readonly insecureHttp: InsecureHttp;
}

/**
 * Decides which URLs may receive the token of one session, where the base of relative URLs is a field of the token. The
 * field is not trusted: it must be at one of the API's origins.
 */
export class TokenOrigins {
  readonly #moving: MovingApi;
  readonly #token: HeldToken;
  #base = "";
  #origins: ApiOrigins | undefined;

  constructor(moving: MovingApi, token: HeldToken) {
    this.#moving = moving;
    this.#token = token;
  }

  /** Resolves the URL of a request that carries the token; see {@link ApiOrigins.resolve}. */
  resolve(url: string, extra: ReadonlySet<string> | undefined): URL {
    return this.#for(url).resolve(url, extra);
  }

  /** Resolves the URL of a request without the token, which may go to any origin. */
  resolveUnguarded(url: string): URL {
    return this.#for(url).resolveUnguarded(url);
  }

  /** Whether a URL is at one of the provider's own origins. */
  isOwn(url: URL): boolean {
    return this.#moving.shared.isOwn(url);
  }

  /** Whether a URL can be resolved only with a token: with one that can be used, unless the request is without it. */
  needsToken(url: string, withheld: boolean): boolean {
    return !isAbsolute(url) && !(withheld && this.#token.isLoaded);
  }

  /** Moves a URL from the base of one token to that of the next. */
  moved(url: URL, before: TokenWithBase, after: TokenWithBase): URL {
    const from = this.#baseOf(before);
    const to = this.#baseOf(after);
    const rest = url.href.slice(from.length);
    return from !== to && url.href.startsWith(from) && /^(?:[/?#]|$)/.test(rest)
      ? new URL(to + rest)
      : url;
  }

  #for(url: string): ApiOrigins {
    const { provider, origins, shared, insecureHttp } = this.#moving;
    if (isAbsolute(url)) return shared;
    const base = this.#baseOf(this.#token.current);
    if (this.#origins === undefined || base !== this.#base) {
      this.#origins = new ApiOrigins(provider, { origins, baseUrl: base }, [], insecureHttp);
      this.#base = base;
    }
    return this.#origins;
  }

  /** @throws OAuthError for a field that is no URL, or one that is not allowed; nothing has been sent then. */
  #baseOf({ raw }: TokenWithBase): string {
    const { tokenField, path = "" } = this.#moving.base;
    const value = ownFields(raw)[tokenField];
    const url = this.#parsed(value);
    if (!this.isOwn(url)) {
      const { origin } = url;
      throw this.#refusal(
        "ORIGIN_NOT_ALLOWED",
        `is at ${origin}, where no token may be sent`,
        origin,
      );
    }
    return url.href.replace(/\/+$/, "") + path.replace(/\/+$/, "");
  }

  #parsed(value: unknown): URL {
    if ((value ?? "") === "") throw this.#refusal("TOKEN_INVALID", "is missing");
    const isUrl =
      typeof value === "string" && !/[\u0000-\u0020\\\u007f]/.test(value) && URL.canParse(value);
    if (!isUrl) throw this.#refusal("TOKEN_INVALID", "is not an absolute URL");
    const url = new URL(value);
    if (!/^https?:$/.test(url.protocol))
      throw this.#refusal("TOKEN_INVALID", "is not an https URL");
    // An empty query or fragment leaves its mark in the text alone.
    if (url.username !== "" || url.password !== "" || /[?#]/.test(url.href)) {
      throw this.#refusal("TOKEN_INVALID", "has a user name, a query or a fragment in it");
    }
    return url;
  }

  #refusal(
    code: "ORIGIN_NOT_ALLOWED" | "TOKEN_INVALID",
    problem: string,
    origin?: string,
  ): OAuthError {
    const { provider, shared, base } = this.#moving;
    const field = base.tokenField;
    const message = `The base URL of ${provider}'s API is the field ${field} of the token response, which ${problem}; nothing was sent. Allowed are the API's origins: ${shared.names}.`;
    const details = { field, ...(origin !== undefined && { origin }) };
    return new OAuthError(code, message, { provider, details });
  }
}

/** Whether the base of an API comes with the token. */
export function isTokenBase(baseUrl: unknown): baseUrl is TokenBaseUrl {
  return isObject(baseUrl);
}

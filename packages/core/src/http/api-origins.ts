import { OAuthError } from "../errors/oauth-error.ts";
import type { ApiHeaders, ApiHeadersFunction } from "./api-headers.ts";
import type { TokenBaseUrl } from "./token-origins.ts";
import { InsecureHttp } from "./insecure-http.ts";
import { isSecureUrl } from "./loopback.ts";
import { wildcardSuffix } from "./wildcard-origin.ts";

/** Matches an absolute URL, which begins with a scheme (RFC 3986 §3.1). */
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i;

/**
 * Matches a `..` that is left in a parsed path: its separators are encoded, once or several times, it has a parameter
 * (`..;`), or a space or control character follows it. Servers that decode a path before they resolve it, drop the
 * parameter, or trim the name, go up a folder.
 */
const HIDDEN_PARENT =
  /(?:[/\\]|%(?:25)*(?:2f|5c))(?:\.|%(?:25)*2e){2}(?:%(?:25)*(?:[01][\da-f]|20|7f))*(?=$|;|%(?:25)*3b|[/\\]|%(?:25)*(?:2f|5c))/i;

/** An API at one address, with the same headers for all clients. */
export interface FixedApi {
  /** The base of relative request URLs. */
  readonly baseUrl: string;
  /**
   * Further origins that may receive the token, for example `https://uploads.example.com`;
   * `https://*.example.com` stands for all direct subdomains. After `*.` come at least two labels, so that `https://*.com`
   * and `https://*.co.uk` are refused. Name only domains whose subdomains all belong to the provider: a host of
   * users' pages would get the token for anybody.
   */
  readonly origins?: readonly string[];
  /** Headers for every request to the API. */
  readonly headers?: ApiHeaders;
}

/** A provider's API, to which its tokens belong. */
export interface ProviderApi extends Pick<FixedApi, "origins"> {
  /**
   * The base of relative request URLs. Or the field of the token response that has it, where each tenant has its own
   * (Salesforce's `instance_url`, the `api_domain` of Zoho and Pipedrive): the base follows the token. `origins` is required
   * then, and a base elsewhere is refused before anything is sent.
   */
  readonly baseUrl: string | TokenBaseUrl;
  /**
   * Headers for every request to the API. Or a function that makes them from the client, for a provider that wants the
   * client ID in each request (Twitch's `Client-Id`, Trakt's `trakt-api-key`, Etsy's `x-api-key`, Tiltify): it is called
   * once for each client.
   */
  readonly headers?: ApiHeaders | ApiHeadersFunction;
}

/** Where the requests of an API may go. */
interface AllowedApi {
  readonly baseUrl?: string | undefined;
  readonly origins?: readonly string[] | undefined;
}

/** Whether a URL is absolute. */
export function isAbsolute(url: string): boolean {
  return ABSOLUTE.test(url);
}

/** Decides which origins may receive a provider's tokens. */
export class ApiOrigins {
  readonly #provider: string;
  readonly #base: string | undefined;
  readonly #basePath: string;
  /** What every URL at the base's origin begins with. */
  readonly #baseOrigin: string | undefined;
  readonly #exact = new Set<string>();
  readonly #suffixes: string[] = [];
  readonly #insecureHttp: InsecureHttp;

  /**
   * @param provider - The provider's name, for errors.
   * @param api - Its API.
   * @param further - Further origins: those of other endpoints that take the token.
   * @param insecureHttp - The http origins that the provider's definition allows; by default none.
   */
  constructor(
    provider: string,
    api: AllowedApi | undefined,
    further: readonly string[],
    insecureHttp: InsecureHttp = new InsecureHttp(provider, undefined),
  ) {
    this.#provider = provider;
    this.#insecureHttp = insecureHttp;
    this.#base = api?.baseUrl?.replace(/\/+$/, "");
    const base = this.#base === undefined ? undefined : new URL(this.#base);
    this.#basePath = base ? `${base.pathname.replace(/\/$/, "")}/` : "/";
    this.#baseOrigin = base && isSecureUrl(base) ? `${base.origin}/` : undefined;
    const origins = [
      ...(this.#base === undefined ? [] : [this.#base]),
      ...(api?.origins ?? []),
      ...further,
    ];
    for (const origin of origins) this.#add(origin);
  }

  /**
   * Resolves the URL of a request that carries the token.
   *
   * @param url - Absolute, or relative to the API's base URL, below which it stays.
   * @param extra - Origins that this session may send the token to as well.
   * @throws OAuthError with code `URL_INVALID` or `ORIGIN_NOT_ALLOWED`; nothing has been sent then.
   */
  resolve(url: string, extra: ReadonlySet<string> | undefined): URL {
    return this.checked(this.resolveUnguarded(url), extra);
  }

  /** A resolved URL, once it is known that the token may be sent there; see {@link ApiOrigins.resolve}. */
  checked(target: URL, extra: ReadonlySet<string> | undefined): URL {
    // Nearly every request goes to the base: its text shows it, and no part of the URL is put together again.
    if (this.#baseOrigin !== undefined && target.href.startsWith(this.#baseOrigin)) return target;
    if (!this.#insecureHttp.permits(target)) {
      throw this.#notAllowed(
        `${target.protocol}//${target.host}`,
        "a token travels over https only (http to this machine, and to the origins in allowInsecureHttp of the provider's definition, excepted)",
      );
    }
    if (!this.#allows(target) && !extra?.has(target.origin)) {
      throw this.#notAllowed(
        target.origin,
        `it is none of ${this.#provider}'s API origins (${this.names}). Name it in allowedOrigins if the token is meant for it, or send the request with withholdToken: true`,
      );
    }
    return target;
  }

  /** Resolves the URL of a request without the token, which may go to any origin. */
  resolveUnguarded(url: string): URL {
    // A definition's function may take it from an answer.
    if (typeof (url as unknown) !== "string") throw this.#invalid("is not a string");
    // URL parsers drop or rewrite these characters, each in its own way.
    if (/[\u0000-\u0020\\\u007f]/.test(url)) {
      throw this.#invalid(
        "has white space, a control character or a backslash in it (encodeURIComponent() makes a value fit for a URL)",
      );
    }
    const absolute = isAbsolute(url) ? this.#parse(url) : this.#join(url);
    if (absolute.protocol !== "https:" && absolute.protocol !== "http:") {
      throw this.#invalid("is neither http nor https");
    }
    if (absolute.username !== "" || absolute.password !== "") {
      throw this.#invalid("has a user name or password in it");
    }
    return absolute;
  }

  /** Whether a URL is at one of the provider's own origins. */
  isOwn(url: URL): boolean {
    return this.#allows(url);
  }

  /** The origins, for errors. */
  get names(): string {
    const names = [...this.#exact, ...this.#suffixes.map((suffix) => `https://*${suffix}`)];
    return names.join(", ") || "none is defined";
  }

  #join(url: string): URL {
    if (url.startsWith("//")) throw this.#invalid("begins with // and so names another host");
    if (this.#base === undefined)
      throw this.#invalid(
        "is relative, and there is no provider with an api.baseUrl to put before it",
      );
    const text =
      /^[?#]/.test(url) || url === ""
        ? `${this.#base}${url}`
        : `${this.#base}/${url.replace(/^\//, "")}`;
    const target = this.#parse(text);
    // Compares the resolved path: parsing has removed every ".." by now.
    if (!`${target.pathname}/`.startsWith(this.#basePath)) {
      throw this.#invalid("leads out of the API's base path");
    }
    if (HIDDEN_PARENT.test(target.pathname)) {
      throw this.#invalid(
        'has a ".." between encoded slashes, which may lead out of the API\'s base path (encodeURIComponent() does not encode dots: check the value that was put into the path)',
      );
    }
    return target;
  }

  #parse(url: string): URL {
    try {
      return new URL(url);
    } catch {
      throw this.#invalid("cannot be parsed");
    }
  }

  #add(origin: string): void {
    const wildcard = wildcardSuffix(origin);
    if (wildcard) this.#suffixes.push(wildcard);
    else this.#exact.add(new URL(origin).origin);
  }

  #allows(url: URL): boolean {
    if (this.#exact.has(url.origin)) return true;
    if (this.#suffixes.length === 0 || url.protocol !== "https:" || url.port !== "") return false;
    const { hostname } = url;
    return this.#suffixes.some(
      (suffix) => hostname.endsWith(suffix) && /^[^.]+$/.test(hostname.slice(0, -suffix.length)),
    );
  }

  #invalid(reason: string): OAuthError {
    return new OAuthError("URL_INVALID", `The request's URL ${reason}; nothing was sent.`, {
      provider: this.#provider,
    });
  }

  #notAllowed(origin: string, reason: string): OAuthError {
    return new OAuthError("ORIGIN_NOT_ALLOWED", `The token was not sent to ${origin}: ${reason}.`, {
      provider: this.#provider,
      details: { origin },
    });
  }
}

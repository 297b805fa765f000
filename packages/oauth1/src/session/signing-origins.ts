import { OAuthError } from "@grantkit/core";
import { ApiOrigins, isSecureUrl, type RequestOrigins } from "@grantkit/core/requests";
import type { OAuth1Provider } from "../provider.ts";

/**
 * Where a session's signed requests may go: to the provider's API and to the origins that it was allowed. Without either
 * it is the caller who names each URL, and a redirect to another origin is not signed.
 */
export class SigningOrigins implements RequestOrigins {
  readonly #provider: string;
  readonly #api: ApiOrigins;
  readonly #isBound: boolean;

  constructor(name: string, provider: OAuth1Provider | undefined, isBound: boolean) {
    this.#provider = name;
    this.#api = new ApiOrigins(name, provider?.api, []);
    this.#isBound = isBound || provider?.api !== undefined;
  }

  resolve(url: string, extra: ReadonlySet<string> | undefined): URL {
    const target = this.#api.resolveUnguarded(url);
    // Named by the app itself: plain http too, for shops and devices that have nothing else.
    if (extra?.has(target.origin)) return target;
    if (this.#isBound) return this.#api.resolve(url, extra);
    if (isSecureUrl(target)) return target;
    throw new OAuthError(
      "ORIGIN_NOT_ALLOWED",
      `The request to ${target.origin} was not signed: it is plain http, where the answer is open to everybody. Use https, or name the origin in allowedOrigins if there is nothing else.`,
      { provider: this.#provider, details: { origin: target.origin } },
    );
  }

  resolveUnguarded(url: string): URL {
    return this.#api.resolveUnguarded(url);
  }

  isOwn(url: URL): boolean {
    return this.#api.isOwn(url);
  }
}

import { OAuthError } from "@grantkit/core";
import { type ApiOrigins, isSecureUrl, type RequestOrigins } from "@grantkit/core/requests";
import type { ProviderShare } from "./provider-share.ts";

/**
 * Where a session's signed requests may go: to the provider's API and to the origins that it was allowed. Without either
 * it is the caller who names each URL, and a redirect to another origin is not signed.
 */
export class SigningOrigins implements RequestOrigins {
  readonly #provider: string;
  readonly #api: ApiOrigins;
  readonly #isBound: boolean;

  /**
   * @param provider - Its name, for errors.
   * @param share - What is the provider's; that of no provider has no origin.
   * @param hasOrigins - Whether the session has a list of origins of its own.
   */
  constructor(provider: string, { api, hasApi }: ProviderShare, hasOrigins: boolean) {
    this.#provider = provider;
    this.#api = api;
    this.#isBound = hasApi || hasOrigins;
  }

  resolve(url: string, extra: ReadonlySet<string> | undefined): URL {
    const target = this.#api.resolveUnguarded(url);
    // Named by the app itself: plain http too, for shops and devices that have nothing else.
    if (extra?.has(target.origin)) return target;
    if (isSecureUrl(target)) return this.#isBound ? this.#api.resolve(url, extra) : target;
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

import { OAuthError, systemClock } from "@grantkit/core";
import {
  ApiOrigins,
  InsecureHttp,
  type RequestContext,
  type RequestOrigins,
  RetryBudget,
  Transport,
} from "@grantkit/core/requests";
import type { OAuth1Provider } from "../provider.ts";
import { withEncodedQuery } from "../signing/percent-encoding.ts";
import type { OAuth1SessionOptions } from "./session-options.ts";

/** Milliseconds for an exchange with the API. */
const API_TIMEOUT = 30_000;

/** Makes what a session sends its API requests with. */
export function requestContext(name: string, options: OAuth1SessionOptions): RequestContext {
  const { provider, clock = systemClock, random = Math.random, timeout = API_TIMEOUT } = options;
  const share = providerShare(name, provider);
  return {
    client: {
      provider: { name, api: provider?.api },
      transport: new Transport(name, clock, options.http, share.insecureHttp),
      clock,
      random,
      retries: options.retries,
      apiTimeout: timeout,
    },
    retryBudget: share.retryBudget,
    origins: new SigningOrigins(
      name,
      share,
      provider?.api !== undefined || options.allowedOrigins !== undefined,
    ),
    fetch: options.fetch,
  };
}

interface ProviderShare {
  readonly api: ApiOrigins;
  readonly insecureHttp: InsecureHttp;
  readonly retryBudget: RetryBudget;
}

const shares = new WeakMap<OAuth1Provider, ProviderShare>();

/**
 * What the sessions of a provider share: a server makes a session for each request, their retries count together, and plain
 * http is worth one warning.
 */
function providerShare(name: string, provider: OAuth1Provider | undefined): ProviderShare {
  const known = provider && shares.get(provider);
  if (known) return known;
  const insecureHttp = new InsecureHttp(name, provider?.allowInsecureHttp);
  const share = {
    api: new ApiOrigins(name, provider?.api, [], insecureHttp),
    insecureHttp,
    retryBudget: new RetryBudget(),
  };
  if (provider) shares.set(provider, share);
  return share;
}

/**
 * Where a session may send signed requests: to the provider's API and to `allowedOrigins`. With neither, to every https URL
 * that the caller names; a redirect to another origin is not signed.
 */
class SigningOrigins implements RequestOrigins {
  readonly #provider: string;
  readonly #api: ApiOrigins;
  readonly #insecureHttp: InsecureHttp;
  readonly #isBound: boolean;

  /**
   * @param provider - Its name, for errors.
   * @param isBound - Whether there is an API or a list of origins.
   */
  constructor(provider: string, { api, insecureHttp }: ProviderShare, isBound: boolean) {
    this.#provider = provider;
    this.#api = api;
    this.#insecureHttp = insecureHttp;
    this.#isBound = isBound;
  }

  resolve(url: string, extra: ReadonlySet<string> | undefined): URL {
    const target = this.resolveUnguarded(url);
    // The app itself allows it: plain http too, for shops and devices that have nothing else.
    if (extra?.has(target.origin)) return target;
    if (this.#insecureHttp.permits(target)) {
      return this.#isBound ? this.#api.checked(target, extra) : target;
    }
    throw new OAuthError(
      "ORIGIN_NOT_ALLOWED",
      `The request to ${target.origin} was not signed: it is plain http, where anybody on the way can read the answer. Use https, or add the origin to allowedOrigins if it has no https.`,
      { provider: this.#provider, details: { origin: target.origin } },
    );
  }

  resolveUnguarded(url: string): URL {
    // Before core looks at it: it refuses a backslash anywhere, and in a query it is a character like others.
    return this.#api.resolveUnguarded(withEncodedQuery(url));
  }

  isOwn(url: URL): boolean {
    return this.#api.isOwn(url);
  }
}

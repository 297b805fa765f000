import { systemClock } from "@grantkit/core";
import { type RequestContext, Transport } from "@grantkit/core/requests";
import { providerShare } from "./provider-share.ts";
import type { OAuth1SessionOptions } from "./session-options.ts";
import { SigningOrigins } from "./signing-origins.ts";

/** Milliseconds for an exchange with the API when nobody says otherwise. */
const API_TIMEOUT = 30_000;

/** What a session's requests to an API are sent with, by its options. */
export function requestContext(name: string, options: OAuth1SessionOptions): RequestContext {
  const { provider, clock = systemClock, random = Math.random, timeout = API_TIMEOUT } = options;
  const share = providerShare(name, provider);
  return {
    client: {
      provider: { name, api: provider?.api },
      transport: new Transport(name, clock, options.http),
      clock,
      random,
      retries: options.retries,
      apiTimeout: timeout,
    },
    retryBudget: share.retryBudget,
    origins: new SigningOrigins(name, share, options.allowedOrigins !== undefined),
    fetch: options.fetch,
  };
}

import { ApiOrigins, RetryBudget } from "@grantkit/core/requests";
import type { OAuth1Provider } from "../provider.ts";

/** What the sessions of one provider have in common, as those of one `OAuth2Client` do. */
export interface ProviderShare {
  /** Where its API is. */
  readonly api: ApiOrigins;
  /** Whether it is known what its API is. */
  readonly hasApi: boolean;
  /** One for all: a server makes a session for each request, and repeats would not be counted together. */
  readonly retryBudget: RetryBudget;
}

const shares = new WeakMap<OAuth1Provider, ProviderShare>();

/** What a session has in common with the others of its provider; without a provider there are no others. */
export function providerShare(name: string, provider: OAuth1Provider | undefined): ProviderShare {
  const known = provider && shares.get(provider);
  if (known) return known;
  const share = {
    api: new ApiOrigins(name, provider?.api, []),
    hasApi: provider?.api !== undefined,
    retryBudget: new RetryBudget(),
  };
  if (provider) shares.set(provider, share);
  return share;
}

import type { ProviderEndpoints } from "@grantkit/core";
import { currentFlow, type Exchange } from "../exchanges/exchange-log.ts";

/** How many requests were sent. Those for the provider's keys are neither: a client sends them when it has none in memory. */
export interface RequestCounts {
  readonly tokenRequests: number;
  readonly apiRequests: number;
}

/** What a step came to, and what it sent. */
interface Sent<Result> extends RequestCounts {
  readonly result: Result;
}

/**
 * Takes a step, counts the requests that it sent, and logs those in a row that are alike as one.
 *
 * @param endpoints - Those of the provider: other requests go to the API.
 */
export async function sentBy<Result>(
  { token, jwks }: Pick<ProviderEndpoints, "token" | "jwks">,
  step: () => Promise<Result>,
): Promise<Sent<Result>> {
  const flow = currentFlow.getStore();
  if (!flow) throw new Error("Only a run counts what it sends.");
  const counts = { tokenRequests: 0, apiRequests: 0 };
  let last: Exchange | undefined;
  const add = (exchange: Exchange): void => {
    if (exchange.url === token) counts.tokenRequests += 1;
    else if (exchange.url !== jwks) counts.apiRequests += 1;
    if (last && isAlike(last, exchange)) {
      last.times = (last.times ?? 1) + 1;
      return;
    }
    last = exchange;
    flow.log.add(exchange);
  };
  const result = await currentFlow.run({ ...flow, log: { add } }, step);
  return { result, ...counts };
}

function isAlike(one: Exchange, other: Exchange): boolean {
  return one.method === other.method && one.url === other.url && one.status === other.status;
}

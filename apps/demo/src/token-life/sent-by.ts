import { currentFlow, type Exchange } from "../exchanges/exchange-log.ts";

/** What a step sent. */
interface Sent<Result> {
  readonly result: Result;
  readonly tokenRequests: number;
  readonly apiRequests: number;
}

/**
 * Takes a step, counts the requests that it sent, and logs those in a row that are alike as one.
 *
 * @param tokenEndpoint - The URL of the token endpoint: other requests go to the API.
 */
export async function sentBy<Result>(
  tokenEndpoint: string | undefined,
  step: () => Promise<Result>,
): Promise<Sent<Result>> {
  const flow = currentFlow.getStore();
  if (!flow) throw new Error("Only a run counts what it sends.");
  const counts = { tokenRequests: 0, apiRequests: 0 };
  let last: Exchange | undefined;
  const add = (exchange: Exchange): void => {
    counts[exchange.url === tokenEndpoint ? "tokenRequests" : "apiRequests"] += 1;
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

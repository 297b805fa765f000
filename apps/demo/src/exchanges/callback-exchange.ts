import type { Exchange } from "./exchange-log.ts";

/** What an exchange says about a callback. Errors are cut off, because anybody can write one. */
export function callbackOutcome(
  query: URLSearchParams,
  successParameter = "code",
): Pick<Exchange, "outcome" | "failure"> {
  const parameter = ["error", "oauth_problem"].find((name) => query.has(name));
  if (parameter) return { failure: `${parameter}=${query.get(parameter)?.slice(0, 60)}` };
  if (query.has("denied")) return { failure: "denied" };
  const word = successParameter.replace("oauth_", "");
  return query.has(successParameter) ? { outcome: word } : { failure: `no ${word}` };
}

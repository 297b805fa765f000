import type { Run } from "../runs/run.ts";
import type { Exchange } from "./exchange-log.ts";
import { maskBody, maskField, maskHeaders, maskJson, maskText, maskUrl } from "./masking.ts";

/** Describes runs as data without secrets, for a file. */
export function exportOf(runs: readonly Run[]): object {
  return { runs: runs.map(runOf) };
}

function runOf({ target, flow, values, outcome, error, exchanges }: Run): object {
  const secret = new Set(
    flow
      .fields(target)
      .filter(({ kind }) => kind === "secret")
      .map(({ name }) => name),
  );
  return {
    provider: target.id,
    flow: flow.id,
    values: Object.fromEntries(
      values.entries.map(([name, value]) => [
        name,
        secret.has(name) ? "•••" : maskLines(name, value),
      ]),
    ),
    ...(outcome && {
      outcome: {
        title: outcome.title,
        text: outcome.text && maskText(outcome.text),
        data: maskJson(outcome.data),
      },
    }),
    ...(error && {
      error: { code: error.code, message: maskText(error.message), data: maskJson(error.data) },
    }),
    exchanges: exchanges.map(exchangeOf),
  };
}

/** Masks a field's value, which may be lines of `name=value`. */
function maskLines(name: string, value: string): string {
  return value
    .split("\n")
    .map((line) => maskField(name, line))
    .join("\n");
}

function exchangeOf(exchange: Exchange): object {
  const { requestHeaders, requestBody, responseHeaders, responseBody } = exchange;
  return {
    ...exchange,
    provider: exchange.provider.name,
    url: maskUrl(exchange.url),
    ...(requestHeaders && { requestHeaders: maskHeaders(requestHeaders) }),
    ...(requestBody && { requestBody: maskBody(requestBody) }),
    ...(responseHeaders && { responseHeaders: maskHeaders(responseHeaders) }),
    ...(responseBody && { responseBody: maskBody(responseBody) }),
  };
}

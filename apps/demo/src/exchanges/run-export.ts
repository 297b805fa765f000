import type { Run } from "../runs/run.ts";
import { runHeading } from "../runs/run-heading.ts";
import { EXPORT_FORMAT } from "../saved-runs/saved-run.ts";
import type { Exchange } from "./exchange-log.ts";
import { maskBody, maskField, maskHeaders, maskJson, maskText, maskUrl } from "./masking.ts";
import { bodyParts, formParts } from "./message-parts.ts";

/** Describes runs as data without secrets, for a file. */
export function exportOf(runs: readonly Run[]): object {
  return { format: EXPORT_FORMAT, runs: runs.map(runOf) };
}

function runOf(run: Run): object {
  const { target, flow, values, fault, outcome, error, exchanges } = run;
  const secret = new Set(
    flow
      .fields(target)
      .filter(({ kind }) => kind === "secret")
      .map(({ name }) => name),
  );
  return {
    provider: target.id,
    providerTitle: target.title,
    flow: flow.id,
    flowTitle: flow.title,
    heading: runHeading(run),
    fault: fault?.effect,
    values: Object.fromEntries(
      values.entries
        .filter(([, value]) => value !== "")
        .map(([name, value]) => [name, secret.has(name) ? "•••" : maskLines(name, value)]),
    ),
    ...(outcome && {
      outcome: {
        title: outcome.title,
        text: outcome.text && maskText(outcome.text),
        data: maskJson(outcome.data),
      },
    }),
    ...(error && {
      error: {
        name: error.name,
        code: error.code,
        status: error.status,
        message: maskText(error.message),
        data: maskJson(error.data),
      },
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
    url: maskedUrl(exchange.url),
    ...(requestHeaders && { requestHeaders: maskHeaders(requestHeaders) }),
    ...(requestBody && { requestBody: maskedBody(requestBody) }),
    ...(responseHeaders && { responseHeaders: maskHeaders(responseHeaders) }),
    ...(responseBody && { responseBody: maskedBody(responseBody) }),
  };
}

/** Masks a URL, whose parameters stay encoded: an export is opened again. */
function maskedUrl(url: string): string {
  const { search, hash } = new URL(url);
  const location = url.replace(/[?#].*/s, "");
  const fragment = hash.includes("=") ? maskedForm(hash.slice(1)) : maskText(hash.slice(1));
  return `${maskUrl(location)}${search && `?${maskedForm(search)}`}${hash && `#${fragment}`}`;
}

function maskedBody(body: string): string {
  const isForm = !body.trim().startsWith("{") && bodyParts(body) !== undefined;
  return isForm ? maskedForm(body.trim()) : maskBody(body);
}

function maskedForm(form: string): string {
  const parts = formParts(form).map(({ name, masked }): [string, string] => [name, masked]);
  return new URLSearchParams(parts).toString();
}

import type { Exchange } from "../exchanges/exchange-log.ts";
import type { RunError } from "../runs/run-error.ts";
import {
  asList,
  asRecord,
  asText,
  asTexts,
  asUrl,
  asWholeNumber,
  wrongFile,
} from "./file-values.ts";
import { EXPORT_FORMAT, type SavedRun } from "./saved-run.ts";

const MOST_RUNS = 100;
const MOST_EXCHANGES = 500;

/**
 * Reads an export of the playground, which anybody may have written.
 *
 * @throws ErrorPage that says what is wrong with the file.
 */
export function readExport(text: string): readonly SavedRun[] {
  const file = asRecord(parsed(text), "The file");
  if (file["format"] !== EXPORT_FORMAT) {
    throw wrongFile(
      "It is no export of this playground. Choose a file that “Export without secrets” made.",
    );
  }
  return asList(file["runs"], "runs", MOST_RUNS).map((run, index) => runOf(run, index));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw wrongFile("It is not JSON.");
  }
}

function runOf(value: unknown, index: number): SavedRun {
  const at = `runs[${index}]`;
  const run = asRecord(value, at);
  const exchanges = asList(run["exchanges"], `${at}.exchanges`, MOST_EXCHANGES);
  const title = asText(run["providerTitle"], `${at}.providerTitle`);
  return {
    id: index + 1,
    target: { title },
    flow: { title: asText(run["flowTitle"], `${at}.flowTitle`) },
    heading: asText(run["heading"], `${at}.heading`),
    values: asTexts(run["values"], `${at}.values`),
    fault: optional(run["fault"], `${at}.fault`, asText),
    outcome: optional(run["outcome"], `${at}.outcome`, outcomeOf),
    error: optional(run["error"], `${at}.error`, errorOf),
    exchanges: exchanges.map((each, place) => exchangeOf(each, `${at}.exchanges[${place}]`, title)),
  };
}

function outcomeOf(value: unknown, at: string): SavedRun["outcome"] {
  const { text, data } = asRecord(value, at);
  return { text: optional(text, `${at}.text`, asText), data };
}

function errorOf(value: unknown, at: string): RunError {
  const { name, code, message, status, data } = asRecord(value, at);
  return {
    name: asText(name, `${at}.name`),
    code: asText(code, `${at}.code`),
    message: asText(message, `${at}.message`),
    status: optional(status, `${at}.status`, asWholeNumber),
    data,
  };
}

function exchangeOf(value: unknown, at: string, title: string): Exchange {
  const exchange = asRecord(value, at);
  const text = (name: keyof Exchange): string | undefined =>
    optional(exchange[name], `${at}.${name}`, asText);
  const number = (name: keyof Exchange): number | undefined =>
    optional(exchange[name], `${at}.${name}`, asWholeNumber);
  const times = number("times");
  return {
    isMasked: true,
    provider: { name: asText(exchange["provider"], `${at}.provider`), title },
    between: betweenOf(exchange["between"], `${at}.between`),
    method: asText(exchange["method"], `${at}.method`),
    url: asUrl(exchange["url"], `${at}.url`),
    status: number("status"),
    outcome: text("outcome"),
    failure: text("failure"),
    milliseconds: number("milliseconds"),
    requestHeaders: asTexts(exchange["requestHeaders"] ?? {}, `${at}.requestHeaders`),
    requestBody: text("requestBody"),
    responseHeaders: asTexts(exchange["responseHeaders"] ?? {}, `${at}.responseHeaders`),
    responseBody: text("responseBody"),
    ...(times !== undefined && { times }),
  };
}

function betweenOf(value: unknown, at: string): Exchange["between"] {
  switch (value) {
    case "browser → provider":
    case "browser → demo":
    case "demo → provider":
      return value;
    default:
      throw wrongFile(`${at} does not say who sent what to whom.`);
  }
}

function optional<Value>(
  value: unknown,
  at: string,
  read: (value: unknown, at: string) => Value,
): Value | undefined {
  return value === undefined || value === null ? undefined : read(value, at);
}

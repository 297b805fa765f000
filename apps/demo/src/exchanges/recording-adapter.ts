import { Readable, Transform } from "node:stream";
import axios, { type AxiosAdapter, type AxiosResponse } from "axios";
import { currentFlow, type Exchange } from "./exchange-log.ts";

const http = axios.getAdapter("http");

/** Sends a request and logs the exchange. Only an adapter sees requests as they are sent, with the token in them. */
export const recordingAdapter: AxiosAdapter = async (config) => {
  const flow = currentFlow.getStore();
  const started = performance.now();
  const request = {
    between: "demo → provider",
    method: (config.method ?? "get").toUpperCase(),
    url: config.url ?? "",
    requestHeaders: textsOf(config.headers.toJSON()),
    requestBody: textOf(config.data),
  } as const;
  const log = (outcome: Partial<Exchange>): Recorded | undefined => {
    if (!flow) return undefined;
    const milliseconds = Math.round(performance.now() - started);
    const exchange = { provider: flow.provider, ...request, milliseconds, ...outcome };
    flow.log.add(exchange);
    return exchange;
  };
  try {
    // Error statuses are logged like any other; axios rejects them afterwards.
    const response = await http({ ...config, validateStatus: null });
    const exchange = log({
      status: response.status,
      responseHeaders: textsOf(response.headers),
    });
    if (exchange) recordBody(exchange, response);
    return response;
  } catch (error) {
    const { code } = error as { code?: unknown };
    log({ failure: typeof code === "string" ? code : "no response" });
    throw error;
  }
};

/** An exchange whose body may still arrive. */
type Recorded = Exchange & { responseBody?: string | undefined };

function recordBody(exchange: Recorded, response: AxiosResponse<unknown>): void {
  const { data } = response;
  if (!(data instanceof Readable)) {
    exchange.responseBody = textOf(data);
    return;
  }
  const decoder = new TextDecoder();
  const copy = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const text = (exchange.responseBody ?? "") + decoder.decode(chunk, { stream: true });
      exchange.responseBody = textOf(text);
      done(null, chunk);
    },
  });
  // Whoever reads the copy ends the response with it, and learns of its errors.
  response.data = data.once("error", (error) => copy.destroy(error)).pipe(copy);
  copy.once("close", () => data.destroy());
}

/** Characters of a body that are kept. */
const MAX_LENGTH = 100_000;

function textOf(data: unknown): string | undefined {
  const isBinary = data instanceof ArrayBuffer || data instanceof Uint8Array;
  const text: unknown = isBinary ? new TextDecoder().decode(data) : data;
  return typeof text === "string" && text !== "" ? text.slice(0, MAX_LENGTH) : undefined;
}

function textsOf(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, [value].flat().map(String).join(", ")]),
  );
}

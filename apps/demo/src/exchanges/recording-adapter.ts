import axios, { type AxiosAdapter } from "axios";
import { currentFlow, type Exchange } from "./exchange-log.ts";
import { maskBody, maskHeaders, maskUrl } from "./masking.ts";

const http = axios.getAdapter("http");

/** Sends a request and logs the exchange. Only an adapter sees requests as they are sent, with the token in them. */
export const recordingAdapter: AxiosAdapter = async (config) => {
  const flow = currentFlow.getStore();
  const started = performance.now();
  const request = {
    between: "demo → provider",
    method: (config.method ?? "get").toUpperCase(),
    url: maskUrl(config.url ?? ""),
    requestHeaders: maskHeaders(config.headers.toJSON()),
    requestBody: maskedText(config.data),
    begins: flow?.begins,
  } as const;
  if (flow) flow.begins = undefined;
  const log = (outcome: Partial<Exchange>): void => {
    const milliseconds = Math.round(performance.now() - started);
    flow?.log.add({ provider: flow.provider, ...request, milliseconds, ...outcome });
  };
  try {
    // Error statuses are logged like any other; axios rejects them afterwards.
    const response = await http({ ...config, validateStatus: null });
    const { data } = response as { readonly data: unknown };
    const isBinary = data instanceof ArrayBuffer || Buffer.isBuffer(data);
    log({
      status: response.status,
      responseHeaders: maskHeaders(response.headers),
      responseBody: maskedText(isBinary ? new TextDecoder().decode(data) : data),
    });
    return response;
  } catch (error) {
    const { code } = error as { code?: unknown };
    log({ failure: typeof code === "string" ? code : "no response" });
    throw error;
  }
};

function maskedText(data: unknown): string | undefined {
  return typeof data === "string" && data !== "" ? maskBody(data) : undefined;
}

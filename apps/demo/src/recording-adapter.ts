import axios, {
  type AxiosAdapter,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from "axios";
import { currentFlow, type Exchange, type Flow } from "./exchange-log.ts";
import { maskBody, maskHeaders, maskUrl } from "./masking.ts";

const http = axios.getAdapter("http");

/**
 * Sends what axios was told to, and writes it down, masked. An adapter is the one place that sees requests as they are
 * sent, with the token in them.
 */
export const recordingAdapter: AxiosAdapter = async (config) => {
  const flow = currentFlow.getStore();
  const started = performance.now();
  const request = {
    begins: begun(flow),
    between: "demo → provider",
    method: (config.method ?? "get").toUpperCase(),
    url: maskUrl(config.url ?? ""),
    requestHeaders: maskHeaders(config.headers.toJSON()),
    requestBody: textOf(config.data),
  } as const;
  const note = (outcome: Partial<Exchange>): void =>
    flow?.log.add({
      provider: flow.provider,
      ...request,
      milliseconds: Math.round(performance.now() - started),
      ...outcome,
    });
  try {
    const response = await http(answering(config));
    note({
      status: response.status,
      responseHeaders: maskHeaders(response.headers),
      responseBody: bodyOf(response),
    });
    return response;
  } catch (error) {
    const { code } = error as { code?: unknown };
    note({ failure: typeof code === "string" ? code : "no answer" });
    throw error;
  }
};

/** What begins with this exchange: it is said once. */
function begun(flow: Flow | undefined): string | undefined {
  const begins = flow?.begins;
  if (flow) flow.begins = undefined;
  return begins;
}

/** An error status is an answer like any other here; axios judges it above. */
function answering(config: InternalAxiosRequestConfig): InternalAxiosRequestConfig {
  return { ...config, validateStatus: null };
}

function textOf(data: unknown): string | undefined {
  return typeof data === "string" && data !== "" ? maskBody(data) : undefined;
}

function bodyOf({ data }: AxiosResponse<unknown>): string | undefined {
  const isBinary = data instanceof ArrayBuffer || Buffer.isBuffer(data);
  return textOf(isBinary ? new TextDecoder().decode(data) : data);
}

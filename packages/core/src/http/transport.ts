import type { AxiosInstance, AxiosResponse } from "axios";
import type { Clock } from "../clock.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { ownFields } from "../options/own-fields.ts";
import {
  DEFAULT_CONNECTIONS,
  type HttpOptions,
  loadAxios,
  type LoadedAxios,
  ownConfig,
} from "./http-options.ts";
import { BROKEN_OFF, isReset, isTooLarge, networkCode } from "./network-errors.ts";
import { refuseNodeOptions } from "./node-options.ts";
import { ClockOffset } from "./clock-offset.ts";
import { Deadline } from "./deadline.ts";
import { InsecureHttp } from "./insecure-http.ts";

/** A request to one of the provider's OAuth endpoints. */
export interface TransportRequest {
  /** Absolute URL. */
  readonly url: string;
  /** In upper case. */
  readonly method: "GET" | "POST";
  /** The request's headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** The encoded body. */
  readonly body?: string | undefined;
  /** Aborts the exchange. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole exchange. */
  readonly timeout: number;
  /** When the exchange must be over, where it began with an earlier request: milliseconds since the epoch. */
  readonly until?: number | undefined;
  /** A time limit that this exchange shares with others, in the place of `timeout` and `signal`. */
  readonly deadline?: Deadline | undefined;
  /** The most bytes of the body that are read, after decompression. */
  readonly maxBytes: number;
  /** The endpoint's name in errors, for example "the token endpoint". */
  readonly what: string;
}

/** A response of one of the provider's OAuth endpoints, of any status. */
export interface TransportResponse {
  /** The HTTP status. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed. */
  readonly body: Uint8Array;
}

const resets = new WeakSet<OAuthError>();

/** Whether an exchange failed because its connection was reset, before the response or during it. */
export function wasReset(error: unknown): boolean {
  return OAuthError.isInstance(error) && resets.has(error);
}

/** Sends every request of a client: those of openid-client and jose, and those of its sessions under axios. */
export class Transport {
  /** How far this machine's clock is from the provider's. */
  readonly clockOffset: ClockOffset;
  /** The http origins that the provider's definition allows. */
  readonly insecureHttp: InsecureHttp;
  readonly #http: HttpOptions | AxiosInstance;
  readonly #clock: Clock;
  readonly #provider: string;
  #loaded: Promise<LoadedAxios> | undefined;

  constructor(
    provider: string,
    clock: Clock,
    http: HttpOptions | AxiosInstance | undefined,
    insecureHttp: InsecureHttp = new InsecureHttp(provider, undefined),
  ) {
    this.insecureHttp = insecureHttp;
    this.#provider = provider;
    this.#clock = clock;
    this.#http = http ?? DEFAULT_CONNECTIONS;
    this.clockOffset = new ClockOffset(provider);
  }

  /** The `http` option. Clients with the same option share connections. */
  get connections(): object {
    return this.#http;
  }

  /** Whether the `http` option was given. */
  get hasOptions(): boolean {
    return this.#http !== DEFAULT_CONNECTIONS;
  }

  /** Loads axios on the first request, because it is most of the cost of a cold start. */
  load(): Promise<LoadedAxios> {
    this.#loaded ??= loadAxios(this.#http);
    return this.#loaded;
  }

  /**
   * Sends a request and reads the whole response; follows no redirect.
   *
   * @throws OAuthError: `TIMEOUT`, `ABORTED`, `RESPONSE_TOO_LARGE` or `NETWORK_ERROR`; `INSECURE_HTTP` for a
   * URL that secrets may not travel to.
   */
  async send(given: TransportRequest): Promise<TransportResponse> {
    const request = ownFields(given);
    this.insecureHttp.check(request.url, request.what);
    const { instance, adapter, knowsNodeOptions, proxy: usual } = await this.load();
    const { timeout, until = this.#clock.now() + timeout, signal } = request;
    const left = until - this.#clock.now();
    if (left <= 0) throw this.#timedOut(request.what, timeout);
    const { deadline = new Deadline(this.#clock, left, signal) } = request;
    let answer: AxiosResponse<ArrayBuffer> | undefined;
    try {
      const received = await instance.request<ArrayBuffer>({
        url: request.url,
        method: request.method,
        headers: { ...request.headers },
        data: request.body,
        baseURL: "",
        responseType: "arraybuffer",
        maxRedirects: 0,
        maxContentLength: request.maxBytes,
        timeout: 0,
        signal: deadline.signal,
        validateStatus: () => true,
        transformRequest: [(data: unknown) => data],
        transformResponse: [(data: unknown) => data],
        // The `auth` and `params` of the http option are for the API: here they would replace the client's credentials.
        adapter: async (config) => {
          const { auth: _auth, params: _params, proxy, ...wire } = ownConfig(config);
          const sent = ownFields({ ...wire, proxy: proxy ?? usual }) as typeof config;
          if (!knowsNodeOptions) refuseNodeOptions(sent, this.#provider);
          answer = await adapter(sent);
          return answer;
        },
      });
      // A response interceptor of the caller's may return something else, for example only the data.
      const response = typeof received?.status === "number" ? received : (answer ?? received);
      const headers = plainHeaders(response);
      // Keys and metadata may come from a cache, with the date at which they were stored.
      if (request.method === "POST") this.clockOffset.measure(headers["date"], this.#clock.now());
      return {
        status: response.status,
        headers,
        body: new Uint8Array(response.data ?? 0),
      };
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      // axios's error holds the request with its secrets, so nothing of it is kept.
      throw this.failure(error, deadline, request);
    } finally {
      if (!request.deadline) deadline.clear();
    }
  }

  #timedOut(what: string, milliseconds: number): OAuthError {
    const provider = this.#provider;
    const message = `No complete answer from ${what} of ${provider} within ${milliseconds} ms. Try again, or raise the timeout option.`;
    return new OAuthError("TIMEOUT", message, { provider, retryable: true });
  }

  /** Makes the error of an exchange that failed: `TIMEOUT`, `ABORTED`, `RESPONSE_TOO_LARGE` or `NETWORK_ERROR`. */
  failure(
    error: unknown,
    deadline: Deadline,
    request: Pick<TransportRequest, "what" | "url" | "maxBytes" | "timeout">,
  ): OAuthError {
    const { what, maxBytes } = request;
    const provider = this.#provider;
    if (deadline.expired) return this.#timedOut(what, request.timeout);
    if (deadline.signal.aborted) {
      return new OAuthError("ABORTED", `The call to ${what} of ${provider} was aborted.`, {
        provider,
      });
    }
    if (isTooLarge(error)) {
      return new OAuthError(
        "RESPONSE_TOO_LARGE",
        `The answer from ${what} of ${provider} is larger than ${maxBytes} bytes. Check that the endpoint is the right one.`,
        { provider },
      );
    }
    const code = networkCode(error);
    const failure = new OAuthError(
      "NETWORK_ERROR",
      `${outcomeOf(code, request, provider)} (${code}). Check the network, the proxy settings and the endpoint.`,
      { provider, retryable: true, details: { networkCode: code } },
    );
    if (isReset(error) || code === BROKEN_OFF) resets.add(failure);
    return failure;
  }
}

/** Says how far an exchange without a whole response came. */
function outcomeOf(
  code: string,
  { what, url }: Pick<TransportRequest, "what" | "url">,
  provider: string,
): string {
  const answer = `The answer from ${what} of ${provider}`;
  if (code === BROKEN_OFF) return `${answer} broke off`;
  // zlib's codes: the body is not what its Content-Encoding says.
  if (code.startsWith("Z_")) return `${answer} could not be decompressed`;
  const subject = `${what.slice(0, 1).toUpperCase()}${what.slice(1)} of ${provider}`;
  return `${subject} could not be reached at ${new URL(url).origin}`;
}

function plainHeaders(response: AxiosResponse): Record<string, string> {
  const headers: Record<string, string> = ownFields({});
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined && value !== null) {
      headers[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : String(value);
    }
  }
  return headers;
}

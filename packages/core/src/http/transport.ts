import type {
  AxiosAdapter,
  AxiosHeaders,
  AxiosInstance,
  AxiosRequestConfig,
  AxiosResponse,
  AxiosStatic,
  InternalAxiosRequestConfig,
} from "axios";
import type { Clock } from "../clock.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { ownFields } from "../options/own-fields.ts";
import { Deadline } from "./deadline.ts";

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

/** axios, loaded and configured by the `http` option. */
export interface LoadedAxios {
  /** The instance of the `http` option; changes to the global axios do not reach it. */
  readonly instance: AxiosInstance;
  /** The adapter that sends a request. */
  readonly adapter: AxiosAdapter;
  /** The axios module. */
  readonly axios: AxiosStatic;
  /** The proxy of a request that names none: `false` for none, undefined for that of the environment. */
  readonly proxy: false | undefined;
}

/** axios defaults for every request of a client: proxy, agents, certificates, headers. */
export interface HttpOptions extends Omit<AxiosRequestConfig, "proxy"> {
  /**
   * The proxy of every request. `"environment"` takes it from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, which are
   * ignored otherwise: an environment variable must not decide who sees tokens unless you say so.
   *
   * @defaultValue `false`
   */
  proxy?: AxiosRequestConfig["proxy"] | "environment";
}

/** The `http` option of every client that is given none. */
const DEFAULT_CONNECTIONS: HttpOptions = Object.freeze({});

const loadedByDefaults = new WeakMap<HttpOptions, LoadedAxios>();

/** Makes one axios instance for each `http` option: a server that makes a client or a session per request makes none each. */
async function loadAxios(http: HttpOptions | AxiosInstance): Promise<LoadedAxios> {
  const known = typeof http === "function" ? undefined : loadedByDefaults.get(http);
  if (known) return known;
  const { default: axios } = await import("axios");
  const { proxy, ...defaults }: HttpOptions = typeof http === "function" ? {} : ownFields(http);
  const named = proxy === "environment" || proxy === undefined ? {} : { proxy };
  const instance =
    typeof http === "function" ? http : isolatedInstance(axios, { ...defaults, ...named });
  const adapter = axios.getAdapter(instance.defaults.adapter);
  const loaded = {
    axios,
    instance,
    adapter,
    proxy: proxy === "environment" ? undefined : false,
  } as const;
  if (typeof http !== "function") loadedByDefaults.set(http, loaded);
  return loaded;
}

/** Sends every request of a client: those of openid-client and jose, and those of its sessions under axios. */
export class Transport {
  readonly #http: HttpOptions | AxiosInstance;
  readonly #clock: Clock;
  readonly #provider: string;
  #loaded: Promise<LoadedAxios> | undefined;

  constructor(provider: string, clock: Clock, http: HttpOptions | AxiosInstance | undefined) {
    this.#provider = provider;
    this.#clock = clock;
    this.#http = http ?? DEFAULT_CONNECTIONS;
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
   * @throws OAuthError: `TIMEOUT`, `ABORTED`, `RESPONSE_TOO_LARGE` or `NETWORK_ERROR`.
   */
  async send(request: TransportRequest): Promise<TransportResponse> {
    const { instance, adapter, proxy: usual } = await this.load();
    const deadline = new Deadline(this.#clock, request.timeout, request.signal);
    let answer: AxiosResponse<ArrayBuffer> | undefined;
    try {
      const given = await instance.request<ArrayBuffer>({
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
          answer = await adapter({ ...wire, proxy: proxy ?? usual } as InternalAxiosRequestConfig);
          return answer;
        },
      });
      // A response interceptor of the caller's may return something else, for example only the data.
      const response = typeof given?.status === "number" ? given : (answer ?? given);
      return {
        status: response.status,
        headers: plainHeaders(response),
        body: new Uint8Array(response.data ?? 0),
      };
    } catch (error) {
      // axios's error holds the request with its secrets, so nothing of it is kept.
      throw this.#failure(error, deadline, request);
    } finally {
      deadline.clear();
    }
  }

  #failure(error: unknown, deadline: Deadline, request: TransportRequest): OAuthError {
    const { what, signal, timeout, maxBytes } = request;
    const provider = this.#provider;
    if (deadline.expired) {
      return new OAuthError(
        "TIMEOUT",
        `No complete answer from ${what} of ${provider} within ${timeout} ms. Try again, or raise the timeout option.`,
        { provider, retryable: true },
      );
    }
    if (signal?.aborted) {
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
    return new OAuthError(
      "NETWORK_ERROR",
      `${what.slice(0, 1).toUpperCase()}${what.slice(1)} of ${provider} could not be reached at ${new URL(request.url).origin} (${code}). Check the network, the proxy settings and the endpoint.`,
      { provider, retryable: true, details: { networkCode: code } },
    );
  }
}

/** Whether axios stopped because of `maxContentLength`. */
export function isTooLarge(error: unknown): boolean {
  const { code, message, response } = (error ?? {}) as Record<string, unknown>;
  return (
    code === "ERR_BAD_RESPONSE" &&
    response === undefined &&
    String(message).startsWith("maxContentLength")
  );
}

/** The system's code for a network error, for example ECONNREFUSED; no other part of a library's error is safe to keep. */
export function networkCode(error: unknown): string {
  const { code, cause } = (error ?? {}) as Record<string, unknown>;
  if (typeof code === "string" && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code;
  return cause === undefined ? "no answer" : networkCode(cause);
}

/** The axios defaults that an instance needs. */
const OWN_DEFAULTS = new Set([
  "env",
  "transformRequest",
  "transformResponse",
  "transitional",
  "xsrfCookieName",
  "xsrfHeaderName",
]);

/** Makes an axios instance that changes to the global axios do not reach. */
export function isolatedInstance(axios: AxiosStatic, http: AxiosRequestConfig): AxiosInstance {
  const own = ownFields<AxiosRequestConfig>({
    adapter: ["http", "fetch"],
    timeout: 0,
    maxBodyLength: -1,
    maxContentLength: -1,
    validateStatus: (status: number) => status >= 200 && status < 300,
    ...http,
  });
  const instance = axios.create(own);
  // axios.create() copies the global defaults, which an app did not set for providers.
  for (const name of Object.keys(instance.defaults)) {
    if (!OWN_DEFAULTS.has(name) && !Object.hasOwn(own, name)) {
      Reflect.deleteProperty(instance.defaults, name);
    }
  }
  const { common, ...headers } = (own.headers ?? {}) as Record<string, unknown>;
  instance.defaults.headers = {
    common: { Accept: "application/json, text/plain, */*", ...(common as object) },
    ...headers,
  } as unknown as AxiosInstance["defaults"]["headers"];
  return instance;
}

/**
 * A request's config without properties of a polluted `Object.prototype`, a proxy for example. The config of a current axios
 * has no prototype; the caller's instance may be of an older one.
 */
export function ownConfig(config: InternalAxiosRequestConfig): InternalAxiosRequestConfig {
  return Object.getPrototypeOf(config) === null ? config : ownFields(config);
}

/** A response's header, whatever letter case the caller's adapter gives its name. */
export function headerOf({ headers }: AxiosResponse, name: string): string | undefined {
  const value: unknown = (headers as Pick<AxiosHeaders, "get">).get(name);
  return typeof value === "string" ? value : undefined;
}

function plainHeaders(response: AxiosResponse): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined && value !== null) {
      headers[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : String(value);
    }
  }
  return headers;
}

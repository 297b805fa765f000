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
  /** Absolute. */
  readonly url: string;
  /** In upper case. */
  readonly method: "GET" | "POST";
  /** Those of the request. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it is sent. */
  readonly body?: string | undefined;
  /** Ends the exchange. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole exchange. */
  readonly timeout: number;
  /** Bytes of body that are read at most, after decompression. */
  readonly maxBytes: number;
  /** What the URL is to the reader of an error, for example "the token endpoint". */
  readonly what: string;
}

/** An answer of one of the provider's OAuth endpoints, of any status. */
export interface TransportResponse {
  /** The HTTP status. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed. */
  readonly body: Uint8Array;
}

/** axios, once it is loaded. */
export interface LoadedAxios {
  /** Made for the `http` option: nothing that is done to the global one reaches it. */
  readonly instance: AxiosInstance;
  /** What sends a request when all else is said. */
  readonly adapter: AxiosAdapter;
  /** axios's own face. */
  readonly axios: AxiosStatic;
  /** The proxy of a request that names none: none, or undefined for the one that the environment names. */
  readonly proxy: false | undefined;
}

/** Defaults of axios for every request of a client: proxy, agents, certificates, headers. */
export interface HttpOptions extends Omit<AxiosRequestConfig, "proxy"> {
  /**
   * The proxy of every request. `"environment"` takes it from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, which are
   * ignored otherwise: an environment variable must not decide who sees tokens unless you say so.
   *
   * @defaultValue `false`
   */
  proxy?: AxiosRequestConfig["proxy"] | "environment";
}

/** The connections of every client that is given no `http` option. */
const DEFAULT_CONNECTIONS: HttpOptions = Object.freeze({});

const loadedByDefaults = new WeakMap<HttpOptions, LoadedAxios>();

/** Makes an instance of defaults once: a session of its own for each request that a server serves costs no instance each. */
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

/** The one HTTP stack under openid-client, jose and the sessions of a client. */
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

  /** The `http` option: clients that were given the same one reach a provider in the same way. */
  get connections(): object {
    return this.#http;
  }

  /** Whether the `http` option was given: then it says how requests reach the provider. */
  get hasOptions(): boolean {
    return this.#http !== DEFAULT_CONNECTIONS;
  }

  /** Loads axios, on the first request and not before: it is most of the cost of a cold start. */
  load(): Promise<LoadedAxios> {
    this.#loaded ??= loadAxios(this.#http);
    return this.#loaded;
  }

  /**
   * Sends a request and reads its answer whole; redirects are not followed.
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
        // Meant for the API, if for anything: basic credentials would take the place of the client's.
        adapter: async (config) => {
          const { auth: _auth, params: _params, proxy, ...wire } = ownConfig(config);
          answer = await adapter({ ...wire, proxy: proxy ?? usual } as InternalAxiosRequestConfig);
          return answer;
        },
      });
      // An interceptor of the caller's may make something else of an answer, its data alone for example.
      const response = typeof given?.status === "number" ? given : (answer ?? given);
      return {
        status: response.status,
        headers: plainHeaders(response),
        body: new Uint8Array(response.data ?? 0),
      };
    } catch (error) {
      // The foreign error holds the request, secrets and all: none of it goes on.
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

/** Whether axios gave up because of `maxContentLength`. */
export function isTooLarge(error: unknown): boolean {
  const { code, message, response } = (error ?? {}) as Record<string, unknown>;
  return (
    code === "ERR_BAD_RESPONSE" &&
    response === undefined &&
    String(message).startsWith("maxContentLength")
  );
}

/** The system's word for what went wrong, for example ECONNREFUSED; nothing else of a foreign error is safe to keep. */
export function networkCode(error: unknown): string {
  const { code, cause } = (error ?? {}) as Record<string, unknown>;
  if (typeof code === "string" && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code;
  return cause === undefined ? "no answer" : networkCode(cause);
}

/** What an instance needs of axios's own defaults. */
const OWN_DEFAULTS = new Set([
  "env",
  "transformRequest",
  "transformResponse",
  "transitional",
  "xsrfCookieName",
  "xsrfHeaderName",
]);

/** An instance that nothing done to the global axios reaches. */
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
  // axios.create copies the global defaults; what an app set there is not meant for providers.
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
 * A request's config without what somebody has added to `Object.prototype`: a proxy, say. Axios's has no prototype; that of
 * an older axios, which an instance of the caller's may be of, has one.
 */
export function ownConfig(config: InternalAxiosRequestConfig): InternalAxiosRequestConfig {
  return Object.getPrototypeOf(config) === null ? config : ownFields(config);
}

/** A header of an answer, in whatever letter case the adapter of the caller's has its name. */
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

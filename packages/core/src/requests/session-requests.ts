import type { AxiosInstance, AxiosRequestConfig, AxiosResponse } from "axios";
import { apiHeaders } from "../http/api-origins.ts";
import { isolatedInstance } from "../http/transport.ts";
import { ownFields } from "../options/own-fields.ts";
import type { SessionRequestInit } from "./fetch-requests.ts";
import type { RequestSender } from "./request-context.ts";

/** An axios request config, with two options of the session's. */
export interface SessionRequestConfig<Data = unknown> extends AxiosRequestConfig<Data> {
  /**
   * Sends the request without the token, and then to any origin.
   *
   * @defaultValue `false`
   */
  withholdToken?: boolean;
  /**
   * How many times a transient failure of this request is retried.
   *
   * @defaultValue the session's choice
   */
  retries?: number | false;
}

// Kept: import() of a module that is loaded already costs microseconds on every request.
let axiosRequests: Promise<typeof import("./axios-requests.ts")> | undefined;
let fetchRequests: Promise<typeof import("./fetch-requests.ts")> | undefined;

const loadAxiosRequests = (): typeof axiosRequests & object =>
  (axiosRequests ??= import("./axios-requests.ts"));
const loadFetchRequests = (): typeof fetchRequests & object =>
  (fetchRequests ??= import("./fetch-requests.ts"));

/** The methods that are bound to their session, so that they can be handed on: `new Sdk({ fetch: session.fetch })`. */
const BOUND = [
  "request",
  "get",
  "head",
  "delete",
  "post",
  "put",
  "patch",
  "fetch",
  "axios",
] as const;

type BoundMethods = Partial<Record<(typeof BOUND)[number], unknown>>;

/** Requests to an API in axios's shape and in the platform's, each authorized by the session. */
export abstract class SessionRequests {
  /** The bound methods that were asked for: a session that uses one pays for one. */
  #bound: BoundMethods | undefined;

  static {
    for (const name of BOUND) {
      const method = this.prototype[name] as (...given: unknown[]) => unknown;
      Object.defineProperty(this.prototype, name, {
        configurable: true,
        get(this: SessionRequests) {
          const bound = (this.#bound ??= {});
          return (bound[name] ??= method.bind(this));
        },
      });
    }
  }

  /** Whether there is something to authorize requests with. */
  abstract get authorized(): boolean;

  /**
   * Sends a request with axios's config and gives axios's response.
   *
   * @param config - `url` is relative to the provider's API, or absolute at one of its origins. `timeout` is in
   * milliseconds and covers the whole exchange.
   * @throws OAuthError for what is refused before or instead of an answer (`ORIGIN_NOT_ALLOWED`, `TOKEN_EXPIRED`,
   * `INVALID_GRANT`, `TIMEOUT`, …), {@link ApiError} for an answer with an error status, AxiosError for a failing network.
   */
  async request<T = any, R = AxiosResponse<T>, D = any>(
    config: SessionRequestConfig<D>,
  ): Promise<R> {
    const { sendAuthorized } = await loadAxiosRequests();
    const requesting = this.#requesting();
    const { client } = requesting.context;
    const loaded = await client.transport.load();
    const headers = apiHeaders(client.provider);
    const own = ownFields(config);
    return loaded.instance.request({
      ...own,
      // Its own, also when there are none: axios would look for them on the prototype.
      headers: { ...headers, ...(own.headers as object) },
      adapter: (wire) => sendAuthorized(requesting, loaded, wire),
    }) as unknown as Promise<R>;
  }

  /** GET; see {@link SessionRequests.request}. */
  get<T = any, R = AxiosResponse<T>, D = any>(
    url: string,
    config?: SessionRequestConfig<D>,
  ): Promise<R> {
    return this.request<T, R, D>({ ...config, method: "get", url });
  }

  /** HEAD; see {@link SessionRequests.request}. */
  head<T = any, R = AxiosResponse<T>, D = any>(
    url: string,
    config?: SessionRequestConfig<D>,
  ): Promise<R> {
    return this.request<T, R, D>({ ...config, method: "head", url });
  }

  /** DELETE; see {@link SessionRequests.request}. */
  delete<T = any, R = AxiosResponse<T>, D = any>(
    url: string,
    config?: SessionRequestConfig<D>,
  ): Promise<R> {
    return this.request<T, R, D>({ ...config, method: "delete", url });
  }

  /** POST; see {@link SessionRequests.request}. */
  post<T = any, R = AxiosResponse<T>, D = any>(
    url: string,
    data?: D,
    config?: SessionRequestConfig<D>,
  ): Promise<R> {
    return this.request<T, R, D>({ ...config, method: "post", url, data: data as D });
  }

  /** PUT; see {@link SessionRequests.request}. */
  put<T = any, R = AxiosResponse<T>, D = any>(
    url: string,
    data?: D,
    config?: SessionRequestConfig<D>,
  ): Promise<R> {
    return this.request<T, R, D>({ ...config, method: "put", url, data: data as D });
  }

  /** PATCH; see {@link SessionRequests.request}. */
  patch<T = any, R = AxiosResponse<T>, D = any>(
    url: string,
    data?: D,
    config?: SessionRequestConfig<D>,
  ): Promise<R> {
    return this.request<T, R, D>({ ...config, method: "patch", url, data: data as D });
  }

  /**
   * The platform's `fetch`, or the client's `fetch` option, with the token and under the same guards.
   *
   * @param input - Relative to the provider's API, or absolute at one of its origins.
   * @param init - The platform's options, and `withholdToken`.
   * @throws OAuthError for what is refused, for a failing network and for a timeout; the caller's own reason
   * when the caller aborts. An error status is no error, as with the platform's fetch.
   */
  async fetch(input: string | URL | Request, init?: SessionRequestInit): Promise<Response> {
    const { fetchAuthorized } = await loadFetchRequests();
    return fetchAuthorized(this.#requesting(), input, init);
  }

  /**
   * An axios instance of its own whose requests all go through this session, for libraries that want one.
   *
   * @example
   * ```ts
   * import type { Session } from "@grantkit/core";
   *
   * export async function listRepositories(session: Session) {
   *   const api = await session.axios();
   *   return api.get("/user/repos", { params: { per_page: 100 } });
   * }
   * ```
   */
  async axios(): Promise<AxiosInstance> {
    const { sendAuthorized } = await loadAxiosRequests();
    const requesting = this.#requesting();
    const { client } = requesting.context;
    const loaded = await client.transport.load();
    const { headers, ...defaults } = loaded.instance.defaults;
    const common = { ...headers.common, ...apiHeaders(client.provider) };
    return isolatedInstance(loaded.axios, {
      ...defaults,
      headers: { ...headers, common },
      adapter: (wire) => sendAuthorized(requesting, loaded, wire),
    } as AxiosRequestConfig);
  }

  /** What requests are sent with: a `RequestSender`, which is core's own matter. */
  protected abstract requesting(): object;

  #requesting(): RequestSender {
    return this.requesting() as RequestSender;
  }
}

/**
 * Authorized requests to an API, whatever authorizes them: what `OAuth2Session` of this package and `OAuth1Session` of
 * `@grantkit/oauth1` have in common. Code that only calls an API takes this.
 *
 * @example
 * ```ts
 * import type { Session } from "@grantkit/core";
 *
 * export async function tagline(session: Session): Promise<string> {
 *   const { data } = await session.get<{ tagline: string }>("/me");
 *   return data.tagline;
 * }
 * ```
 */
export type Session = Pick<SessionRequests, "authorized" | (typeof BOUND)[number]>;

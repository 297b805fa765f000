import type { AxiosInstance, AxiosRequestConfig, AxiosResponse } from "axios";
import { apiHeaders } from "../http/api-origins.ts";
import { isolatedInstance } from "../http/transport.ts";
import { ownFields } from "../options/own-fields.ts";
import type { SessionRequestInit } from "./fetch-requests.ts";
import type { RequestSender } from "./request-context.ts";
import { loadFetchAuthorized, loadSendAuthorized } from "./senders.ts";
import type { Session, SessionRequestConfig } from "./session-interface.ts";

/** What every session is: requests in axios's shape and in the platform's, authorized by itself. */
export abstract class SessionRequests implements Session {
  /** Whether there is something to authorize requests with. */
  abstract get authorized(): boolean;

  /**
   * Sends a request with axios's config and gives axios's response.
   *
   * @param config - `url` is relative to the provider's API, or absolute at one of its origins. `timeout` is in
   * milliseconds and covers the whole exchange.
   * @throws OAuthError for what is refused before or instead of an answer (`ORIGIN_NOT_ALLOWED`, `TOKEN_EXPIRED`,
   * `INVALID_GRANT`, `TIMEOUT`, …), AxiosError for an answer with an error status and for a failing network.
   */
  async request<T = any, R = AxiosResponse<T>, D = any>(
    config: SessionRequestConfig<D>,
  ): Promise<R> {
    const sendAuthorized = await loadSendAuthorized();
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

  /** GET; see {@link Session.request}. */
  get<T = any, R = AxiosResponse<T>, D = any>(
    url: string,
    config?: SessionRequestConfig<D>,
  ): Promise<R> {
    return this.request<T, R, D>({ ...config, method: "get", url });
  }

  /** HEAD; see {@link Session.request}. */
  head<T = any, R = AxiosResponse<T>, D = any>(
    url: string,
    config?: SessionRequestConfig<D>,
  ): Promise<R> {
    return this.request<T, R, D>({ ...config, method: "head", url });
  }

  /** DELETE; see {@link Session.request}. */
  delete<T = any, R = AxiosResponse<T>, D = any>(
    url: string,
    config?: SessionRequestConfig<D>,
  ): Promise<R> {
    return this.request<T, R, D>({ ...config, method: "delete", url });
  }

  /** POST; see {@link Session.request}. */
  post<T = any, R = AxiosResponse<T>, D = any>(
    url: string,
    data?: D,
    config?: SessionRequestConfig<D>,
  ): Promise<R> {
    return this.request<T, R, D>({ ...config, method: "post", url, data: data as D });
  }

  /** PUT; see {@link Session.request}. */
  put<T = any, R = AxiosResponse<T>, D = any>(
    url: string,
    data?: D,
    config?: SessionRequestConfig<D>,
  ): Promise<R> {
    return this.request<T, R, D>({ ...config, method: "put", url, data: data as D });
  }

  /** PATCH; see {@link Session.request}. */
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
    const fetchAuthorized = await loadFetchAuthorized();
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
    const sendAuthorized = await loadSendAuthorized();
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

import type { AxiosInstance, AxiosRequestConfig, AxiosResponse } from "axios";
import type { SessionRequestInit } from "./fetch-requests.ts";

/** An axios request config, and whether the token stays at home. */
export interface SessionRequestConfig<Data = unknown> extends AxiosRequestConfig<Data> {
  /**
   * Sends the request without the token, and then to any origin.
   *
   * @defaultValue `false`
   */
  withholdToken?: boolean;
  /**
   * How often this request is repeated if it fails in a way that may pass.
   *
   * @defaultValue the session's choice
   */
  retries?: number | false;
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
export interface Session {
  /** Whether there is something to authorize requests with. */
  readonly authorized: boolean;
  /** Sends a request with axios's config and gives axios's response. */
  request<T = any, R = AxiosResponse<T>, D = any>(config: SessionRequestConfig<D>): Promise<R>;
  /** GET. */
  get<T = any, R = AxiosResponse<T>, D = any>(
    url: string,
    config?: SessionRequestConfig<D>,
  ): Promise<R>;
  /** HEAD. */
  head<T = any, R = AxiosResponse<T>, D = any>(
    url: string,
    config?: SessionRequestConfig<D>,
  ): Promise<R>;
  /** DELETE. */
  delete<T = any, R = AxiosResponse<T>, D = any>(
    url: string,
    config?: SessionRequestConfig<D>,
  ): Promise<R>;
  /** POST. */
  post<T = any, R = AxiosResponse<T>, D = any>(
    url: string,
    data?: D,
    config?: SessionRequestConfig<D>,
  ): Promise<R>;
  /** PUT. */
  put<T = any, R = AxiosResponse<T>, D = any>(
    url: string,
    data?: D,
    config?: SessionRequestConfig<D>,
  ): Promise<R>;
  /** PATCH. */
  patch<T = any, R = AxiosResponse<T>, D = any>(
    url: string,
    data?: D,
    config?: SessionRequestConfig<D>,
  ): Promise<R>;
  /** The platform's `fetch`, authorized. */
  fetch(input: string | URL | Request, init?: SessionRequestInit): Promise<Response>;
  /** An axios instance of its own whose requests all go through this session. */
  axios(): Promise<AxiosInstance>;
}

import type { AxiosInstance, AxiosRequestConfig, AxiosResponse } from "axios";
import { apiHeaders } from "../http/api-headers.ts";
import { isolatedInstance } from "../http/http-options.ts";
import { ownFields } from "../options/own-fields.ts";
import type * as AxiosRequests from "./axios-requests.ts";
import type * as FetchRequests from "./fetch-requests.ts";
import type { SessionRequestInit } from "./fetch-options.ts";
import { linkedPages, type SendForPages } from "./pages.ts";
import type { RequestSender } from "./request-context.ts";

/** An axios request config, plus `withholdToken` and `retries`. */
export interface SessionRequestConfig<Data = unknown> extends AxiosRequestConfig<Data> {
  /**
   * Sends the request without the token; it may then go to any origin.
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
let axiosRequests: Promise<typeof AxiosRequests> | undefined;
let fetchAuthorized: typeof FetchRequests.fetchAuthorized | undefined;

/**
 * Sends a request with axios's config and gives axios's response.
 *
 * `url` is relative to the provider's API, or absolute at one of its origins. `timeout` is in milliseconds and covers the
 * whole exchange. It throws `OAuthError` if the session refuses the request or cannot get a token (`ORIGIN_NOT_ALLOWED`,
 * `TOKEN_EXPIRED`, `INVALID_GRANT`, …) and for a timeout (`TIMEOUT`), an `ApiError` for an error status, and axios's error
 * if the network fails.
 */
export type SendRequest = <T = any, R = AxiosResponse<T>, D = any>(
  config: SessionRequestConfig<D>,
) => Promise<R>;

/** Sends a request that has no body; see {@link SendRequest}. */
export type SendWithoutBody = <T = any, R = AxiosResponse<T>, D = any>(
  url: string,
  config?: SessionRequestConfig<D>,
) => Promise<R>;

/** Sends a request that may have a body; see {@link SendRequest}. */
export type SendWithBody = <T = any, R = AxiosResponse<T>, D = any>(
  url: string,
  data?: D,
  config?: SessionRequestConfig<D>,
) => Promise<R>;

/**
 * Sends a request as the platform's `fetch` does, with the token. The session's rules for origins, retries, refreshes,
 * deadlines and response sizes apply.
 *
 * `input` is relative to the provider's API, or absolute at one of its origins. It throws `OAuthError` for what is refused,
 * for a failing network and for a timeout, and the caller's own reason when the caller aborts. As with the platform's
 * fetch, it does not throw for an error status.
 */
export type SendFetch = (
  input: string | URL | Request,
  init?: SessionRequestInit,
) => Promise<Response>;

/** The methods of a session, by their names. */
interface BoundMethods {
  request?: SendRequest;
  get?: SendWithoutBody;
  head?: SendWithoutBody;
  delete?: SendWithoutBody;
  post?: SendWithBody;
  put?: SendWithBody;
  patch?: SendWithBody;
  pages?: SendForPages;
  fetch?: SendFetch;
  axios?: () => Promise<AxiosInstance>;
}

/**
 * Sends requests to an API with axios's methods or with `fetch`, each authorized by the session. The methods are bound to
 * the session and can be passed on: `new Sdk({ fetch: session.fetch })`.
 */
export abstract class SessionRequests {
  /** The methods that were asked for: each is made once, and a session that uses one pays for one. */
  readonly #bound: BoundMethods = ownFields({});

  /** Whether the session can authorize requests. */
  abstract get authorized(): boolean;

  /** Sends a request with axios's config and gives axios's response. */
  get request(): SendRequest {
    return (this.#bound.request ??= ((config) => this.#request(config)) as SendRequest);
  }

  /** Sends a GET request. */
  get get(): SendWithoutBody {
    return this.#withoutBody("get");
  }

  /** Sends a HEAD request. */
  get head(): SendWithoutBody {
    return this.#withoutBody("head");
  }

  /** Sends a DELETE request. */
  get delete(): SendWithoutBody {
    return this.#withoutBody("delete");
  }

  /** Sends a POST request. */
  get post(): SendWithBody {
    return this.#withBody("post");
  }

  /** Sends a PUT request. */
  get put(): SendWithBody {
    return this.#withBody("put");
  }

  /** Sends a PATCH request. */
  get patch(): SendWithBody {
    return this.#withBody("patch");
  }

  /**
   * Gets the pages of a list, as long as the `Link` header names a next one.
   *
   * @example
   * ```ts
   * import type { Session } from "@grantkit/core";
   *
   * export async function allNames(session: Session): Promise<string[]> {
   *   const names: string[] = [];
   *   for await (const { data } of session.pages<{ name: string }[]>("/things")) {
   *     names.push(...data.map(({ name }) => name));
   *   }
   *   return names;
   * }
   * ```
   */
  get pages(): SendForPages {
    return (this.#bound.pages ??= (url, config = {}) =>
      linkedPages(this.#requesting(), this.get, url, ownFields(config)));
  }

  /** Sends a request as the platform's `fetch` does; see the client's `fetch` and `http` options. */
  get fetch(): SendFetch {
    return (this.#bound.fetch ??= (input, init) =>
      fetchAuthorized
        ? fetchAuthorized(this.#requesting(), input, init)
        : this.#loadAndFetch(input, init));
  }

  /**
   * Makes an axios instance whose requests all go through this session, for libraries that want one.
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
  get axios(): () => Promise<AxiosInstance> {
    return (this.#bound.axios ??= async () => {
      const { sendAuthorized } = await (axiosRequests ??= import("./axios-requests.ts"));
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
    });
  }

  #withoutBody(method: "delete" | "get" | "head"): SendWithoutBody {
    return (this.#bound[method] ??= ((url, config) =>
      this.#request({ ...config, method, url })) as SendWithoutBody);
  }

  #withBody(method: "patch" | "post" | "put"): SendWithBody {
    return (this.#bound[method] ??= ((url, data, config) =>
      this.#request({ ...config, method, url, data })) as SendWithBody);
  }

  async #loadAndFetch(
    input: string | URL | Request,
    init: SessionRequestInit | undefined,
  ): Promise<Response> {
    ({ fetchAuthorized } = await import("./fetch-requests.ts"));
    return await fetchAuthorized(this.#requesting(), input, init);
  }

  async #request(config: SessionRequestConfig<any>): Promise<AxiosResponse> {
    const { sendAuthorized } = await (axiosRequests ??= import("./axios-requests.ts"));
    const requesting = this.#requesting();
    const { client } = requesting.context;
    const loaded = await client.transport.load();
    const own = ownFields(config);
    return loaded.instance.request({
      ...own,
      // Its own, also when there are none: axios would look for them on the prototype.
      headers: { ...apiHeaders(client.provider), ...(own.headers as object) },
      adapter: (wire) => sendAuthorized(requesting, loaded, wire),
    });
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
export type Session = Pick<SessionRequests, "authorized" | keyof BoundMethods>;

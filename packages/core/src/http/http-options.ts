import type {
  AxiosAdapter,
  AxiosInstance,
  AxiosRequestConfig,
  AxiosStatic,
  InternalAxiosRequestConfig,
} from "axios";
import { ownFields } from "../options/own-fields.ts";
import { knowsNodeOptions } from "./node-options.ts";

/** axios, loaded and configured by the `http` option. */
export interface LoadedAxios {
  /** The instance of the `http` option; changes to the global axios do not reach it. */
  readonly instance: AxiosInstance;
  /** The adapter that sends a request. */
  readonly adapter: AxiosAdapter;
  /** The axios module. */
  readonly axios: AxiosStatic;
  /** Whether the adapter uses agents, proxies and the other connection options of Node. */
  readonly knowsNodeOptions: boolean;
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
export const DEFAULT_CONNECTIONS: HttpOptions = Object.freeze({});

const loadedByDefaults = new WeakMap<HttpOptions, LoadedAxios>();

/** Makes one axios instance for each `http` option: a server that makes a client or a session per request makes none each. */
export async function loadAxios(http: HttpOptions | AxiosInstance): Promise<LoadedAxios> {
  const known = typeof http === "function" ? undefined : loadedByDefaults.get(http);
  if (known) return known;
  const { default: axios } = await importAxios();
  const { proxy, ...defaults }: HttpOptions = ownFields(typeof http === "function" ? {} : http);
  const named = proxy === "environment" || proxy === undefined ? {} : { proxy };
  const instance =
    typeof http === "function" ? http : isolatedInstance(axios, { ...defaults, ...named });
  const chosen = instance.defaults.adapter;
  const adapter = axios.getAdapter(chosen);
  const loaded = {
    axios,
    instance,
    adapter,
    knowsNodeOptions: knowsNodeOptions(axios, adapter, chosen),
    proxy: proxy === "environment" ? undefined : false,
  } as const;
  if (typeof http !== "function") loadedByDefaults.set(http, loaded);
  return loaded;
}

/**
 * Imports axios by its names in the `imports` of package.json, so that a bundle for neither Node nor browsers gets axios's build
 * for browsers: it has no dependencies (docs/decisions/0007).
 */
function importAxios(): Promise<{ default: AxiosStatic }> {
  return import("#axios").catch(async (error: unknown) => {
    // In an ES module of esbuild, form-data's `require("util")` throws, and with it axios's build for Node.
    const axios = await import("#axios-without-node").catch(() => undefined);
    if (!axios) throw error;
    return axios;
  });
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

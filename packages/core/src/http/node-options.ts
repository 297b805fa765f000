import type { AxiosAdapter, AxiosStatic, InternalAxiosRequestConfig } from "axios";
import { throwProblems } from "../errors/configuration-error.ts";

/** The connection options of axios that only its adapter for Node knows. Another sends the request without them. */
const NODE_OPTIONS = [
  "httpAgent",
  "httpsAgent",
  "socketPath",
  "transport",
  "lookup",
  "family",
  "insecureHTTPParser",
] as const satisfies readonly (keyof InternalAxiosRequestConfig | "transport")[];

/** Whether requests are sent by axios's adapter for Node, or by the caller's own: either knows every option. */
export function knowsNodeOptions(
  axios: AxiosStatic,
  adapter: AxiosAdapter,
  chosen: unknown,
): boolean {
  return [chosen].flat().includes(adapter) || adapter === nodeAdapter(axios);
}

function nodeAdapter(axios: AxiosStatic): AxiosAdapter | undefined {
  try {
    return axios.getAdapter("http");
  } catch {
    // Not in a browser or a Worker, nor where a bundler broke axios's build for Node.
    return undefined;
  }
}

/**
 * Refuses a request that would be sent without its proxy, agent or other connection option.
 *
 * @throws ConfigurationError that names the options.
 */
export function refuseNodeOptions(config: InternalAxiosRequestConfig, provider: string): void {
  const names: string[] = NODE_OPTIONS.filter(
    (name) => (config as unknown as Record<string, unknown>)[name],
  );
  // Undefined is the proxy of the environment: see LoadedAxios.
  if (config.proxy !== false) names.unshift("proxy");
  const problems = names.map(
    (name) =>
      `${name} needs axios's build for Node, which is not loaded here: in a browser or a Worker leave the option out; ` +
      "in a bundle of esbuild with --format=esm, add --external:axios",
  );
  throwProblems("The connection options", problems, provider);
}

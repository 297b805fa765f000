/** The URLs of one GitHub. */
export interface GitHubHost {
  /** The web site, for example `https://github.com`. */
  readonly web: string;
  /** The REST API's base URL. */
  readonly api: string;
  /** Whether it is GitHub Enterprise Server, whose features lag behind those of github.com. */
  readonly enterpriseServer: boolean;
}

const HOST = /^(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?$/i;

/** Lists what is wrong with a host. */
export function hostProblems(host: unknown): string[] {
  if (typeof host !== "string" || !HOST.test(host) || !URL.canParse(`https://${host}`)) {
    return [
      'host must be a host name without https://, for example "github.acme.com" or "octo.ghe.com"',
    ];
  }
  return /^api\.(?:github\.com|[^.]+\.ghe\.com)$/i.test(host)
    ? ["host must be the host of the web site, without api.: the API's host is derived from it"]
    : [];
}

/**
 * Returns the URLs of github.com, of a GHE.com subdomain (data residency; its API is a subdomain) or of an Enterprise
 * Server (its API is a path).
 *
 * @see https://docs.github.com/enterprise-server/rest/using-the-rest-api/getting-started-with-the-rest-api
 */
export function gitHubHost(host: string): GitHubHost {
  const name = host.toLowerCase();
  const web = `https://${name}`;
  if (name === "github.com") return { web, api: "https://api.github.com", enterpriseServer: false };
  return name.endsWith(".ghe.com")
    ? { web, api: `https://api.${name}`, enterpriseServer: false }
    : { web, api: `${web}/api/v3`, enterpriseServer: true };
}

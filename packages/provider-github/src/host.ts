/** Where the parts of one GitHub are. */
export interface GitHubHost {
  /** The site, for example `https://github.com`. */
  readonly web: string;
  /** The REST API's base URL. */
  readonly api: string;
  /** Whether it is GitHub Enterprise Server, which is older than github.com. */
  readonly enterpriseServer: boolean;
}

const HOST = /^(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?$/i;

/** What is wrong with a host, as sentences. */
export function hostProblems(host: unknown): string[] {
  if (typeof host !== "string" || !HOST.test(host) || !URL.canParse(`https://${host}`)) {
    return [
      'host must be a host name without https://, for example "github.acme.com" or "octo.ghe.com"',
    ];
  }
  return /^api\.(?:github\.com|[^.]+\.ghe\.com)$/i.test(host)
    ? ["host must be the site's, without api.: the API's is made from it"]
    : [];
}

/**
 * The three shapes of GitHub: github.com, GHE.com (data residency, whose API is a subdomain) and Enterprise
 * Server (whose API is a path).
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

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Whether this is an http(s) URL of this very machine, without a fragment. */
export function isLoopbackUrl(uri: string): boolean {
  if (!URL.canParse(uri) || uri.includes("#")) return false;
  const { protocol, hostname } = new URL(uri);
  return /^https?:$/.test(protocol) && LOOPBACK_HOSTS.has(hostname);
}

/** The URI with parameters added to its query, in order, leaving out those that are undefined. */
export function withQuery(uri: string, parameters: Record<string, string | undefined>): string {
  const url = new URL(uri);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.append(name, value);
  }
  return url.href;
}

/** The URI with parameters as its fragment (the implicit grant's reply), leaving out those that are undefined. */
export function withFragment(uri: string, parameters: Record<string, string | undefined>): string {
  const present = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return `${uri}#${new URLSearchParams(present as [string, string][]).toString()}`;
}

/**
 * Whether a host is this machine, the one place where plain http is safe: `localhost`, 127.0.0.0/8 and `[::1]` exactly (RFC
 * 8252 §7.3 and §8.3). A name below `localhost` is not: whether it stays on this machine is the resolver's to say (RFC 6761
 * §6.3). Nor is `[::ffff:127.0.0.1]`, for which nobody registers a callback.
 */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Whether secrets may travel to this URL: https, or http to this machine.
 *
 * @param insecureHttp - Further http origins that the provider's definition allows (`allowInsecureHttp`).
 */
export function isSecureUrl(url: URL, insecureHttp: readonly string[] = []): boolean {
  if (url.protocol === "https:") return true;
  const { protocol, hostname, origin } = url;
  return protocol === "http:" && (isLoopbackHost(hostname) || insecureHttp.includes(origin));
}

/** Whether secrets may travel to this URL: https, or http to this machine (RFC 6761 §6.3). */
export function isSecureUrl({ protocol, hostname }: URL): boolean {
  return (
    protocol === "https:" ||
    (protocol === "http:" &&
      (hostname === "localhost" ||
        hostname.endsWith(".localhost") ||
        hostname === "[::1]" ||
        /^127(?:\.\d{1,3}){3}$/.test(hostname)))
  );
}

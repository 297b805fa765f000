import { isLoopbackUrl } from "../oauth/redirects.ts";
import type { GitHubServer } from "./server.ts";

/** Whether the application has registered this redirect URI. */
export function isRegistered(server: GitHubServer, uri: string): boolean {
  const { redirectUris, switches } = server;
  if (redirectUris === undefined) return isLoopbackUrl(uri);
  if (!URL.canParse(uri)) return false;
  return redirectUris.some(
    (registered) =>
      uri === registered ||
      isSameButPort(registered, uri) ||
      (switches.redirectWildcard && isBelow(new URL(registered), new URL(uri))),
  );
}

// https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#loopback-redirect-urls
function isSameButPort(registered: string, uri: string): boolean {
  if (!isLoopbackUrl(registered) || !isLoopbackUrl(uri)) return false;
  const [one, other] = [new URL(registered), new URL(uri)];
  other.port = one.port;
  return one.href === other.href;
}

// https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#redirect-urls
function isBelow(registered: URL, uri: URL): boolean {
  const sameHost = uri.hostname === registered.hostname;
  const subDomain = uri.hostname.endsWith(`.${registered.hostname}`);
  const folder = registered.pathname.replace(/\/?$/, "/");
  const samePath = uri.pathname === registered.pathname || uri.pathname.startsWith(folder);
  return (
    (sameHost || subDomain) &&
    uri.protocol === registered.protocol &&
    uri.port === registered.port &&
    samePath
  );
}

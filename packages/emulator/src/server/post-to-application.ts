import { isLoopbackUrl } from "./loopback-server.ts";

/**
 * Posts `what` to an endpoint of the application on this machine, and resolves to its response. Redirects are not followed.
 */
export async function postToApplication(
  url: string,
  what: string,
  body: string | URLSearchParams,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  if (!isLoopbackUrl(url)) {
    throw new TypeError(`The emulator posts ${what} to this machine only, not to ${url}.`);
  }
  return fetch(url, { method: "POST", redirect: "manual", body, headers });
}

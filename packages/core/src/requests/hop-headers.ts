import { apiHeaders, type DescribedApi } from "../http/api-origins.ts";
import { isAboutBody, mayCrossOrigins } from "../http/redirects.ts";
import type { HeaderBag } from "./authorizer.ts";
import type { Hop } from "./hop-sender.ts";
import type { RequestSender } from "./request-context.ts";

/**
 * Removes from the headers of a hop what must not be sent along: another origin gets neither the caller's credentials nor
 * the API's own headers.
 */
export function headersFor(
  { context: { origins, client } }: RequestSender,
  headers: HeaderBag,
  { url, authorization, crossed, dropBody }: Hop,
): HeaderBag {
  if (crossed || dropBody) {
    const names = Array.from(headers, ([name]) => name);
    for (const name of names) {
      const stays = !(crossed && !mayCrossOrigins(name)) && !(dropBody && isAboutBody(name));
      if (!stays) headers.delete(name);
    }
  }
  if (!authorization && !origins.isOwn(url)) withoutApiHeaders(headers, client.provider);
  return headers;
}

/** Takes away what the provider's API is sent with every request: it is for the API alone, and a key may be in it. */
function withoutApiHeaders(headers: HeaderBag, provider: DescribedApi): void {
  for (const [name, value] of Object.entries(apiHeaders(provider) ?? {})) {
    if (headers.get(name) === value) headers.delete(name);
  }
}

import { apiHeaders } from "../http/api-origins.ts";
import type { RequestSender } from "./request-context.ts";

/** What a Request says of itself that `fetch` takes as options. */
export function partsOf(request: Request): RequestInit {
  const { method, headers, body, redirect, signal, keepalive } = request;
  const { cache, credentials, integrity, referrerPolicy } = request;
  return {
    method,
    headers,
    redirect,
    signal,
    keepalive,
    integrity,
    ...defined({ cache, credentials, referrerPolicy }),
    ...(body && { body }),
  };
}

/** Without what is undefined, which says nothing (Web IDL), and must not take the place of a Request's own. */
export function defined<Options extends object>(options: Options): Options {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Options;
}

/** The headers for the API, which go to no other origin of a request without the token: a key may be in them. */
export function headersForApi(
  { context }: RequestSender,
  url: URL,
  withheld: boolean,
): Readonly<Record<string, string>> | undefined {
  return withheld && !context.origins.isOwn(url) ? undefined : apiHeaders(context.client.provider);
}

/** Headers of the API, under those of the request. */
export function merged(base: RequestInit["headers"], own: RequestInit["headers"]): Headers {
  if (base === undefined) return new Headers(own);
  const headers = new Headers(base);
  if (own !== undefined) new Headers(own).forEach((value, name) => headers.set(name, value));
  return headers;
}

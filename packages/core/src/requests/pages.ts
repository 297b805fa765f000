import type { AxiosResponse } from "axios";
import { OAuthError } from "../errors/oauth-error.ts";
import type { RequestSender } from "./request-context.ts";
import type { SendWithoutBody, SessionRequestConfig } from "./session-requests.ts";

/**
 * Gets the pages of a list as an async iterator of axios's responses, each when it is asked for. The `Link` header of a
 * response names the next page (`rel="next"`, RFC 8288). `params` are for the first page, and the other options for all.
 *
 * It throws as {@link SendRequest} does, and `OAuthError` for a link to another origin (`ORIGIN_NOT_ALLOWED`), for one that is
 * no URL (`URL_INVALID`), and for links that lead in a circle (`API_REQUEST_FAILED`).
 */
export type SendForPages = <T = any>(
  url: string,
  config?: SessionRequestConfig,
) => AsyncGenerator<AxiosResponse<T>, void, undefined>;

/**
 * Gets the pages of a list, one after the other: each response's `Link` header names the next (`rel="next"`, RFC 8288).
 *
 * @throws What `get` throws; OAuthError: `ORIGIN_NOT_ALLOWED` for a link to another origin, `URL_INVALID` for one that is no
 * URL, `API_REQUEST_FAILED` for links that lead in a circle.
 */
export async function* linkedPages<T>(
  session: RequestSender,
  get: SendWithoutBody,
  url: string,
  config: SessionRequestConfig,
): AsyncGenerator<AxiosResponse<T>, void, undefined> {
  const { context } = session;
  const provider = context.client.provider.name;
  const visited = new Set<string>();
  let next: string | undefined = url;
  let options = config;
  while (next !== undefined) {
    const response: AxiosResponse<T> = await get<T>(next, options);
    yield response;
    // Not before the first response: where an API is may come with the token.
    const base = context.origins.resolveUnguarded(next);
    visited.add(base.href);
    const target = nextLink(String(response.headers["link"] ?? ""));
    next = target === undefined ? undefined : resolved(provider, target, base);
    if (next !== undefined && visited.has(next)) throw inCircle(provider);
    // The link has the query of its page.
    const { params: _first, ...rest } = options;
    options = rest;
  }
}

/** Matches one link: its target and its parameters (RFC 8288 §3). */
const LINK =
  /<([^<>]{0,8000})>((?:[ \t]*;[ \t]*[\w!#$&+\-.^`|~*]+(?:=(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)/g;

/** Matches one of a link's parameters: its name, and its value, quoted or not. */
const PARAMETER = /;[ \t]*([\w!#$&+\-.^`|~*]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g;

/** The target of the first link with the relation `next`; undefined where there is none. */
export function nextLink(header: string): string | undefined {
  for (const [, target, parameters = ""] of header.matchAll(LINK)) {
    const rel = [...parameters.matchAll(PARAMETER)].find(([, name]) => /^rel$/i.test(name ?? ""));
    const relations = (rel?.[2] ?? rel?.[3] ?? "").toLowerCase().split(/[ \t]+/);
    if (relations.includes("next")) return target;
  }
  return undefined;
}

function resolved(provider: string, target: string, base: URL): string {
  if (!URL.canParse(target, base.href)) {
    const message = "The Link header's next page is no URL, so no further page can be requested.";
    throw new OAuthError("URL_INVALID", message, { provider });
  }
  const url = new URL(target, base);
  if (url.origin === base.origin) return url.href;
  const message = `The next page was not requested: the Link header of ${base.origin} leads to another origin, ${url.origin}. If an API proxy is in between, let it rewrite the header.`;
  const details = { origin: url.origin };
  throw new OAuthError("ORIGIN_NOT_ALLOWED", message, { provider, details });
}

function inCircle(provider: string): OAuthError {
  const message =
    "The Link header leads to a page that was requested already, so the list would never end. Report it to the API's provider.";
  return new OAuthError("API_REQUEST_FAILED", message, { provider });
}

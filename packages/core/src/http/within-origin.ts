import { OAuthError } from "../errors/oauth-error.ts";
import type { SendOnce } from "./endpoint-retries.ts";
import { type NextHop, nextHop, type PossibleRedirect } from "./redirects.ts";
import type { TransportResponse } from "./transport.ts";

/** A document that only its own origin can publish. */
interface PublishedDocument {
  readonly provider: string;
  /** For messages, for example "the metadata". */
  readonly what: string;
  readonly url: string;
  /** Http origins that the provider's definition allows. */
  readonly insecureHttp: readonly string[];
}

/** Builds the error for a redirect that is not followed. */
type Refuse = (reason: string, status: number) => OAuthError;

/**
 * Gets a document, and follows redirects within its own origin: another origin cannot speak for the provider.
 *
 * @throws What `refuse` builds, for any other redirect; what `send` throws.
 */
export async function getWithinOrigin(
  { provider, what, url: first, insecureHttp }: PublishedDocument,
  send: SendOnce,
  refuse: Refuse,
): Promise<TransportResponse> {
  let url = new URL(first);
  for (let followed = 0; ; followed += 1) {
    const headers = { accept: "application/json" };
    const response = await send({ url: url.href, method: "GET", headers });
    const { status } = response;
    const { location } = response.headers;
    const answer = { provider, status, location, url, followed, insecureHttp };
    const next = nextUrl({ ...answer, method: "GET", hasBody: false }, what, refuse);
    if (!next) return response;
    url = next;
  }
}

/** Finds where a redirect leads; undefined when the response is not one. */
function nextUrl(answer: PossibleRedirect, what: string, refuse: Refuse): URL | undefined {
  const { status, url } = answer;
  let next: NextHop | undefined;
  try {
    next = nextHop(answer);
  } catch (error) {
    if (!OAuthError.isInstance(error)) throw error;
    throw refuse(error.message.replace(/\.$/, ""), status);
  }
  if (!next || next.sameOrigin) return next?.url;
  const { origin } = next.url;
  throw refuse(
    `${what} is behind a redirect to ${origin}, which cannot speak for ${url.origin}`,
    status,
  );
}

import { codeOfStatus } from "../errors/error-codes.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { type EndpointSender, type SendOnce, sendWithRetries } from "../http/endpoint-retries.ts";
import { isSecureUrl } from "../http/loopback.ts";
import { type Hop, nextHop } from "../http/redirects.ts";
import { parseBody } from "../http/response-body.ts";
import type { TransportResponse } from "../http/transport.ts";
import { discoverServer, type Metadata } from "../oidc/bridge.ts";

/** Bytes. */
const LARGEST_DOCUMENT = 1024 * 1024;

/**
 * Fetches a server's metadata: the OpenID Connect document (Discovery §4), or where there is none OAuth's (RFC 8414 §3).
 * Transient failures are retried, and redirects within the server's own origin are followed.
 *
 * @param timeout - Milliseconds for each document.
 * @throws OAuthError: `DISCOVERY_FAILED`, `ISSUER_MISMATCH`, or the transport's error; ConfigurationError for a bad issuer.
 */
export async function fetchMetadata(
  issuer: string,
  sender: EndpointSender,
  timeout: number,
): Promise<Metadata> {
  const { name } = sender.provider;
  // A URL object would not do: it adds a slash, and issuers are compared letter by letter.
  const isText = typeof issuer === "string" && URL.canParse(issuer);
  if (!isText || !isSecureUrl(new URL(issuer)) || /[?#]/.test(issuer)) {
    throw new ConfigurationError("discover()", [
      "issuer must be an https URL without query and fragment, as the provider documents it (http is allowed for this machine only)",
    ]);
  }
  const exchange = async (url: string): Promise<Metadata> => {
    const call = { url, what: "the metadata", maxBytes: LARGEST_DOCUMENT, timeout };
    const { status, headers, body } = await sendWithRetries(sender, call, (send) =>
      getWithinOrigin(name, url, send),
    );
    if (status >= 400 && status < 500 && status !== 429) throw new NoDocument();
    if (status !== 200) throw failed(name, `the metadata came with status ${status}`, status);
    const parsed = parseBody(body, headers["content-type"] ?? "application/json");
    if (!parsed.ok) throw failed(name, `the metadata cannot be read: ${parsed.reason}`, status);
    if (parsed.value["issuer"] !== issuer) throw mismatch(name, issuer, parsed.value["issuer"]);
    return parsed.value;
  };
  for (const algorithm of ["oidc", "oauth2"] as const) {
    try {
      return await discoverServer(issuer, algorithm, exchange);
    } catch (error) {
      if (OAuthError.isInstance(error)) throw error;
      if (!(error instanceof NoDocument)) break;
    }
  }
  throw failed(name, `${issuer} has neither an OpenID Connect nor an OAuth metadata document`);
}

/** A well-known URL has no document; another one may have it. */
class NoDocument extends Error {}

/** Gets a document. Another origin than the issuer's cannot speak for it, so no redirect leads there. */
async function getWithinOrigin(
  provider: string,
  first: string,
  send: SendOnce,
): Promise<TransportResponse> {
  let url = new URL(first);
  for (let followed = 0; ; followed += 1) {
    const headers = { accept: "application/json" };
    const response = await send({ url: url.href, method: "GET", headers });
    const { status } = response;
    const { location } = response.headers;
    const hop = { provider, status, location, url, method: "GET", hasBody: false, followed };
    const next = nextUrl(hop);
    if (!next) return response;
    url = next;
  }
}

/** Finds where a redirect leads; undefined when the response is not one. */
function nextUrl(hop: Hop): URL | undefined {
  const { provider, status, url } = hop;
  try {
    const next = nextHop(hop);
    if (!next || next.sameOrigin) return next?.url;
    const reason = `the metadata is behind a redirect to ${next.url.origin}, which cannot speak for ${url.origin}`;
    throw failed(provider, reason, status);
  } catch (error) {
    if (!OAuthError.isInstance(error) || error.code !== "REDIRECT_REFUSED") throw error;
    throw failed(provider, error.message.replace(/\.$/, ""), status);
  }
}

function mismatch(provider: string, issuer: string, named: unknown): OAuthError {
  const text = typeof named === "string" && URL.canParse(named) ? named : undefined;
  const isSlash = text?.replace(/\/$/, "") === issuer.replace(/\/$/, "");
  const shown = text === undefined ? "nothing" : isSlash ? text : new URL(text).href;
  const message = `The metadata at ${issuer} names the issuer ${shown}. The two must be equal, character by character${isSlash ? ", the slash at the end too: pass it as the provider writes it" : " (OpenID Connect Discovery §4.3)"}.`;
  return new OAuthError("ISSUER_MISMATCH", message, { provider });
}

function failed(provider: string, reason: string, status?: number): OAuthError {
  const retryable = status !== undefined && codeOfStatus(status) !== undefined;
  const message = `The provider could not be discovered: ${reason}. Check the issuer's URL, or describe the provider with defineProvider().`;
  const given = status !== undefined && { status };
  return new OAuthError("DISCOVERY_FAILED", message, { provider, retryable, ...given });
}

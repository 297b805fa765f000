import { codeOfStatus } from "../errors/error-codes.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { Redactor } from "../errors/redaction.ts";
import { type EndpointSender, sendWithRetries } from "../http/endpoint-retries.ts";
import { isSecureUrl } from "../http/loopback.ts";
import { parseBody } from "../http/response-body.ts";
import { getWithinOrigin } from "../http/within-origin.ts";
import { discoverServer, type Metadata } from "../oidc/bridge.ts";
import { isIssuer, type Issuer, issuerText, isTemplateOf } from "../oidc/issuer.ts";

/** Bytes. */
const LARGEST_DOCUMENT = 1024 * 1024;

/**
 * Fetches a server's metadata: the OpenID Connect document (Discovery §4), or where there is none OAuth's (RFC 8414 §3).
 * Transient failures are retried, and redirects within the server's own origin are followed.
 *
 * @param options - Milliseconds for each document, and the issuer that they must name where it is not the given one.
 * @throws OAuthError: `DISCOVERY_FAILED`, `ISSUER_MISMATCH`, or the transport's error; ConfigurationError for a bad issuer.
 */
export async function fetchMetadata(
  issuer: string,
  sender: EndpointSender,
  { timeout, expected }: { readonly timeout: number; readonly expected?: Issuer | undefined },
): Promise<Metadata> {
  const { name } = sender.provider;
  // A URL object would not do: it adds a slash, and issuers are compared character by character.
  const url = typeof issuer === "string" && URL.canParse(issuer) ? new URL(issuer) : undefined;
  // Credentials in it would be sent.
  const hasCredentials = url !== undefined && url.username + url.password !== "";
  if (!url || !isSecureUrl(url) || hasCredentials || /[?#]/.test(issuer)) {
    throw new ConfigurationError("discover()", [
      "issuer must be an https URL without user name, query and fragment, as the provider documents it (http is allowed for this machine only)",
    ]);
  }
  const exchange = async (document: string): Promise<Metadata> => {
    const call = { url: document, what: "the metadata", maxBytes: LARGEST_DOCUMENT, timeout };
    const { status, headers, body } = await sendWithRetries(sender, call, (send) =>
      getWithinOrigin(
        { provider: name, what: "the metadata", url: document },
        send,
        (reason, redirected) => failed(name, reason, redirected),
      ),
    );
    if (status >= 400 && status < 500 && status !== 429) throw new NoDocument();
    if (status !== 200) throw failed(name, `the metadata came with status ${status}`, status);
    const parsed = parseBody(body, headers["content-type"] ?? "application/json");
    if (!parsed.ok) throw failed(name, `the metadata cannot be read: ${parsed.reason}`, status);
    const { issuer: named } = parsed.value;
    if (!isExpected(named, expected ?? issuer)) throw mismatch(name, issuer, named, expected);
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

/** Whether metadata name the issuer, or for a template one of its issuers, or the same template in words of their own. */
function isExpected(named: unknown, expected: Issuer): boolean {
  if (isIssuer(expected, named)) return true;
  return typeof expected === "object" && typeof named === "string" && isTemplateOf(expected, named);
}

function mismatch(
  provider: string,
  url: string,
  named: unknown,
  expected: Issuer | undefined,
): OAuthError {
  const shown =
    typeof named === "string" && named !== "" ? new Redactor([]).line(named) : undefined;
  const is = shown === undefined ? "has no issuer" : `is that of ${shown}`;
  const advice =
    expected === undefined
      ? adviceFor(url, shown)
      : `It must be that of ${issuerText(expected)}, as provider.issuer says`;
  const message = `The metadata at ${url} ${is}. ${advice}.`;
  return new OAuthError("ISSUER_MISMATCH", message, { provider });
}

function adviceFor(url: string, named = ""): string {
  if (/\{\w+\}/.test(named)) {
    return `Pass provider.issuer: { template: "${named}" }, with the names of ID token claims in the braces`;
  }
  const rule = "The two must be equal, character by character";
  if (named.replace(/\/$/, "") === url.replace(/\/$/, "")) {
    return `${rule}, the slash at the end too: pass it as the provider writes it`;
  }
  return `${rule} (OpenID Connect Discovery §4.3), unless you pass the issuer as provider.issuer`;
}

function failed(provider: string, reason: string, status?: number): OAuthError {
  const retryable = status !== undefined && codeOfStatus(status) !== undefined;
  const message = `The provider could not be discovered: ${reason}. Check the issuer's URL, or describe the provider with defineProvider().`;
  const given = status !== undefined && { status };
  return new OAuthError("DISCOVERY_FAILED", message, { provider, retryable, ...given });
}

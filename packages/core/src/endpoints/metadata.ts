import { codeOfStatus } from "../errors/error-codes.ts";
import { throwProblems } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { Redactor } from "../errors/redaction.ts";
import { type EndpointSender, sendWithRetries } from "../http/endpoint-retries.ts";
import { isSecureUrl } from "../http/loopback.ts";
import { parseBody } from "../http/response-body.ts";
import { getWithinOrigin } from "../http/within-origin.ts";
import { urlProblems } from "../http/url-problems.ts";
import { discoverServer, type Metadata } from "../oidc/bridge.ts";
import { isIssuer, type Issuer, type IssuerTemplate, isTemplateOf } from "../oidc/issuer.ts";

/** Bytes. */
const LARGEST_DOCUMENT = 1024 * 1024;

/** Whose metadata is fetched, and where. */
interface MetadataRequest {
  /** The issuer, which the metadata must name. */
  readonly issuer: string;
  /** Where the metadata is, if it is not below the issuer. */
  readonly metadataUrl: string | undefined;
  /** The template that the metadata must name instead of the issuer, or one of whose issuers. */
  readonly expected: IssuerTemplate | undefined;
  /** Milliseconds for each document. */
  readonly timeout: number;
}

/**
 * Fetches a server's metadata: the OpenID Connect document (Discovery §4), or where there is none OAuth's (RFC 8414 §3).
 * Transient failures are retried, and redirects within the server's own origin are followed.
 *
 * @throws OAuthError: `DISCOVERY_FAILED`, `ISSUER_MISMATCH`, or the transport's error; ConfigurationError for a bad issuer or URL.
 */
export async function fetchMetadata(
  { issuer, metadataUrl, expected, timeout }: MetadataRequest,
  sender: EndpointSender,
): Promise<Metadata> {
  const { name } = sender.provider;
  const insecureHttp = sender.transport.insecureHttp.origins;
  const problems = [
    ...issuerProblems(issuer, insecureHttp),
    ...(metadataUrl === undefined ? [] : urlProblems("metadataUrl", metadataUrl, insecureHttp)),
  ];
  throwProblems("discover()", problems);
  const exchange = async (wellKnown: string): Promise<Metadata> => {
    const url = metadataUrl ?? wellKnown;
    const call = { url, what: "the metadata", maxBytes: LARGEST_DOCUMENT, timeout };
    const { status, headers, body } = await sendWithRetries(sender, call, (send) =>
      getWithinOrigin(
        { provider: name, what: "the metadata", url, insecureHttp },
        send,
        (reason, redirected) => failed(name, reason, redirected),
      ),
    );
    if (status >= 400 && status < 500 && status !== 429) throw new NoDocument();
    if (status !== 200) throw failed(name, `the metadata came with status ${status}`, status);
    const parsed = parseBody(body, headers["content-type"] ?? "application/json");
    if (!parsed.ok) throw failed(name, `the metadata cannot be read: ${parsed.reason}`, status);
    const { issuer: named } = parsed.value;
    if (!isExpected(named, expected ?? issuer)) {
      throw mismatch(name, { issuer, expected, url: metadataUrl ?? issuer, named });
    }
    return parsed.value;
  };
  const algorithms =
    metadataUrl === undefined ? (["oidc", "oauth2"] as const) : (["oidc"] as const);
  for (const algorithm of algorithms) {
    try {
      return await discoverServer(issuer, algorithm, exchange);
    } catch (error) {
      if (OAuthError.isInstance(error)) throw error;
      if (!(error instanceof NoDocument)) break;
    }
  }
  throw failed(
    name,
    metadataUrl === undefined
      ? `${issuer} has neither an OpenID Connect nor an OAuth metadata document`
      : `there is no metadata document at the metadataUrl ${metadataUrl}`,
  );
}

/** Lists what is wrong with an issuer whose metadata is to be fetched. */
function issuerProblems(issuer: string, insecureHttp: readonly string[]): string[] {
  // A URL object would not do: it adds a slash, and issuers are compared character by character.
  const url = typeof issuer === "string" && URL.canParse(issuer) ? new URL(issuer) : undefined;
  // Credentials in it would be sent.
  const hasCredentials = url !== undefined && url.username + url.password !== "";
  if (url && isSecureUrl(url, insecureHttp) && !hasCredentials && !/[?#]/.test(issuer)) return [];
  return [
    "issuer must be an https URL without user name, query and fragment, as the provider documents it (http is allowed for this machine, and for the origins in provider.allowInsecureHttp)",
  ];
}

/** A well-known URL has no document; another one may have it. */
class NoDocument extends Error {}

/** Whether metadata name the issuer, or for a template one of its issuers, or the same template in words of their own. */
function isExpected(named: unknown, expected: Issuer): boolean {
  if (isIssuer(expected, named)) return true;
  return typeof expected === "object" && typeof named === "string" && isTemplateOf(expected, named);
}

interface Mismatch {
  /** The issuer that was passed. */
  readonly issuer: string;
  /** The template that was passed. */
  readonly expected: IssuerTemplate | undefined;
  readonly url: string;
  /** The issuer that the metadata name. */
  readonly named: unknown;
}

function mismatch(provider: string, { issuer, expected, url, named }: Mismatch): OAuthError {
  const text = typeof named === "string" ? new Redactor([]).line(named) : "";
  const shown = text === "" ? "has no issuer" : `is that of ${text}`;
  const other = url === issuer ? "" : `, and the issuer that was passed is ${issuer}`;
  const advice = expected
    ? `It must be that of provider.issuer, ${expected.template}, or of one of its tenants`
    : adviceFor(issuer, text);
  const message = `The metadata at ${url} ${shown}${other}. ${advice}.`;
  return new OAuthError("ISSUER_MISMATCH", message, { provider });
}

function adviceFor(issuer: string, named: string): string {
  if (/\{\w+\}/.test(named)) {
    return `Pass provider.issuer: { template: "${named}" }, with the names of ID token claims in the braces`;
  }
  const rule = "The two must be equal, character by character";
  if (named.replace(/\/$/, "") === issuer.replace(/\/$/, "")) {
    return `${rule}, the slash at the end too: pass it as the provider writes it`;
  }
  return `${rule} (OpenID Connect Discovery §4.3)`;
}

function failed(provider: string, reason: string, status?: number): OAuthError {
  const retryable = status !== undefined && codeOfStatus(status) !== undefined;
  const message = `The provider could not be discovered: ${reason}. Check the issuer's URL, or describe the provider with defineProvider().`;
  const given = status !== undefined && { status };
  return new OAuthError("DISCOVERY_FAILED", message, { provider, retryable, ...given });
}

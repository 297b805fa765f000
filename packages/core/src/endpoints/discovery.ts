import { ENDPOINT_TIMEOUT } from "../client-context.ts";
import type { OAuth2ClientOptions } from "../client-options.ts";
import { systemClock } from "../clock.ts";
import { codeOfStatus } from "../errors/error-codes.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { isSecureUrl } from "../http/loopback.ts";
import { parseBody } from "../http/response-body.ts";
import { Transport } from "../http/transport.ts";
import { discoverServer, type Metadata, METADATA_FIELDS } from "../oidc/bridge.ts";
import { type ClientAuthentication, clientSecretJwt } from "../oidc/client-authentication.ts";
import { isObject } from "../options/option-rules.ts";
import { definedFields } from "../options/own-fields.ts";
import type { ProviderDefinition, ProviderEndpoints } from "../provider.ts";

/** What a discovered provider has beyond its metadata: its API, its default scope, hooks, …. */
export type DiscoveredProvider<
  Scope extends string = string,
  AuthorizationOptions extends object = object,
> = Partial<Omit<ProviderDefinition<Scope, AuthorizationOptions>, "issuer" | "endpoints">> & {
  /** Endpoints that the metadata leaves out or has wrong. */
  readonly endpoints?: Partial<ProviderEndpoints>;
};

/** Options of `OAuth2Client.discover`. */
export interface DiscoverOptions<
  Scope extends string = string,
  AuthorizationOptions extends object = object,
> extends OAuth2ClientOptions {
  /** What the metadata does not say: a name, the API, the default scope, hooks, …. */
  readonly provider?: DiscoveredProvider<Scope, AuthorizationOptions>;
}

/** Bytes. */
const LARGEST_DOCUMENT = 1024 * 1024;

/** Algorithms with public keys; `none` and the HMACs do not prove who signed. */
const ASYMMETRIC = /^(?:(?:RS|PS|ES)(?:256|384|512)|EdDSA|Ed25519)$/;

/**
 * Defines a provider by its server's metadata, which is fetched, and by what the app says about it, which takes
 * precedence.
 *
 * @throws OAuthError: `DISCOVERY_FAILED`, `ISSUER_MISMATCH`, or the transport's error (`NETWORK_ERROR`, `TIMEOUT`, …);
 * ConfigurationError for a bad issuer.
 */
export async function discoverDefinition<Scope extends string, AuthorizationOptions extends object>(
  issuer: string,
  own: DiscoveredProvider<Scope, AuthorizationOptions>,
  options: OAuth2ClientOptions,
): Promise<ProviderDefinition<Scope, AuthorizationOptions>> {
  const { http, clock = systemClock, timeout = ENDPOINT_TIMEOUT, clientAuthentication } = options;
  const name = own.name ?? nameOfIssuer(issuer);
  const metadata = await fetchMetadata(issuer, name, new Transport(name, clock, http), timeout);
  const byCertificate =
    typeof clientAuthentication === "object" && clientAuthentication.method === "tls_client_auth";
  // Other hosts for connections with a client certificate (RFC 8705 §5).
  const { mtls_endpoint_aliases: mtls } = metadata;
  const published = { ...metadata, ...(byCertificate && isObject(mtls) ? mtls : {}) };
  const endpoints = Object.entries(METADATA_FIELDS)
    .map(([endpoint, field]) => [endpoint, published[field as keyof typeof published]] as const)
    .filter(([, url]) => typeof url === "string");
  const algorithms = textsOf(metadata["id_token_signing_alg_values_supported"]).filter(
    (algorithm) => ASYMMETRIC.test(algorithm),
  );
  return {
    issuerInCallback: metadata["authorization_response_iss_parameter_supported"] === true,
    pushAuthorizationRequests: metadata["require_pushed_authorization_requests"] === true,
    clientAuthentication: authenticationOf(metadata),
    // An undefined field says nothing: what the server requires stays required.
    ...definedFields({ ...own }),
    ...((algorithms.length > 0 || own.idToken) && {
      idToken: { ...(algorithms.length > 0 && { algorithms }), ...own.idToken },
    }),
    name,
    issuer,
    endpoints: { ...Object.fromEntries(endpoints), ...own.endpoints } as ProviderEndpoints,
  };
}

/** Names a server by its host and its path, which tells the tenants of one host apart. */
function nameOfIssuer(issuer: string): string {
  const { hostname = "", pathname = "" } = URL.canParse(issuer) ? new URL(issuer) : {};
  const name = `${hostname}${pathname}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return /^[a-z]/.test(name) ? name : `issuer-${name}`;
}

/** Fetches the OpenID Connect document (Discovery §4), or where there is none OAuth's (RFC 8414 §3). */
async function fetchMetadata(
  issuer: string,
  name: string,
  transport: Transport,
  timeout: number,
): Promise<Metadata> {
  // A URL object would not do: it adds a slash, and issuers are compared letter by letter.
  const isText = typeof issuer === "string" && URL.canParse(issuer);
  if (!isText || !isSecureUrl(new URL(issuer)) || /[?#]/.test(issuer)) {
    throw new ConfigurationError("discover()", [
      "issuer must be an https URL without query and fragment, as the provider documents it (http is allowed for this machine only)",
    ]);
  }
  const exchange = async (url: string): Promise<Metadata> => {
    const { status, headers, body } = await transport.send({
      url,
      method: "GET",
      headers: { accept: "application/json" },
      timeout,
      maxBytes: LARGEST_DOCUMENT,
      what: "the metadata",
    });
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

function mismatch(provider: string, issuer: string, named: unknown): OAuthError {
  const text = typeof named === "string" && URL.canParse(named) ? named : undefined;
  const isSlash = text?.replace(/\/$/, "") === issuer.replace(/\/$/, "");
  const shown = text === undefined ? "nothing" : isSlash ? text : new URL(text).href;
  const message = `The metadata at ${issuer} is that of ${shown}. The two must be equal, letter by letter${isSlash ? ", the slash at the end too: pass it as the provider writes it" : " (OpenID Connect Discovery §4.3)"}.`;
  return new OAuthError("ISSUER_MISMATCH", message, { provider });
}

function failed(provider: string, reason: string, status?: number): OAuthError {
  const retryable = status !== undefined && codeOfStatus(status) !== undefined;
  const message = `The provider could not be discovered: ${reason}. Check the issuer's URL, or describe the provider with defineProvider().`;
  const given = status !== undefined && { status };
  return new OAuthError("DISCOVERY_FAILED", message, { provider, retryable, ...given });
}

/** Chooses how a client with a secret authenticates; a server that does not say takes HTTP Basic (RFC 8414 §2). */
function authenticationOf(metadata: Metadata): ClientAuthentication {
  const methods = textsOf(metadata["token_endpoint_auth_methods_supported"]);
  if (methods.length === 0 || methods.includes("client_secret_basic")) return "basic";
  const byAssertion =
    !methods.includes("client_secret_post") && methods.includes("client_secret_jwt");
  return byAssertion ? clientSecretJwt() : "post";
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

import { type ClientAuthentication, clientSecretJwt } from "../oidc/client-authentication.ts";
import { ENDPOINT_TIMEOUT } from "../client-context.ts";
import type { OAuth2ClientOptions } from "../client-options.ts";
import { systemClock } from "../clock.ts";
import { codeOfStatus } from "../errors/codes.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { isSecureUrl } from "../http/loopback.ts";
import { parseBody } from "../http/response-body.ts";
import { Transport } from "../http/transport.ts";
import { definedFields } from "../options/own-fields.ts";
import type { ProviderDefinition, ProviderEndpoints } from "../provider.ts";

/** What a discovered provider has beyond its metadata: its API, its default scope, hooks, …. */
export type DiscoveredProvider<
  Scope extends string = string,
  AuthorizationOptions extends object = object,
> = Partial<Omit<ProviderDefinition<Scope, AuthorizationOptions>, "issuer" | "endpoints">> & {
  /** Endpoints that the metadata does not have, or has wrong. */
  readonly endpoints?: Partial<ProviderEndpoints>;
};

/** What `OAuth2Client.discover` takes. */
export interface DiscoverOptions<
  Scope extends string = string,
  AuthorizationOptions extends object = object,
> extends OAuth2ClientOptions {
  /** What the server's metadata does not say: a name, the API, the default scope, hooks, …. */
  readonly provider?: DiscoveredProvider<Scope, AuthorizationOptions>;
}

type Metadata = Readonly<Record<string, unknown>>;

const LARGEST_DOCUMENT = 1024 * 1024;

const ENDPOINTS: Readonly<Record<keyof ProviderEndpoints, string>> = {
  authorization: "authorization_endpoint",
  token: "token_endpoint",
  userInfo: "userinfo_endpoint",
  jwks: "jwks_uri",
  revocation: "revocation_endpoint",
  introspection: "introspection_endpoint",
  deviceAuthorization: "device_authorization_endpoint",
  pushedAuthorization: "pushed_authorization_request_endpoint",
  endSession: "end_session_endpoint",
};

/** Algorithms whose keys a provider can publish; `none` and the HMACs are no proof of who signed. */
const ASYMMETRIC = /^(?:(?:RS|PS|ES)(?:256|384|512)|EdDSA|Ed25519)$/;

/**
 * A provider's definition from its server's metadata, which is fetched, and what the app says of it.
 *
 * @throws OAuthError: `DISCOVERY_FAILED`, `ISSUER_MISMATCH`, or what the transport says.
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
  return definitionOf(issuer, name, metadata, own, byCertificate);
}

/** A short name for a server that has none: its host, and its path, which tells the tenants of one host apart. */
function nameOfIssuer(issuer: string): string {
  const { hostname = "", pathname = "" } = URL.canParse(issuer) ? new URL(issuer) : {};
  const name = `${hostname}${pathname}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return /^[a-z]/.test(name) ? name : `issuer-${name}`;
}

/**
 * Fetches a server's metadata (OpenID Connect Discovery §4, RFC 8414 §3): the OpenID Connect document, or that of OAuth
 * when there is none, whose well-known part stands before the issuer's path.
 *
 * @throws OAuthError: `DISCOVERY_FAILED`, `ISSUER_MISMATCH`, or what the transport says.
 */
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
  const { discoverServer } = await import("../oidc/bridge.ts");
  const exchange = (url: string): Promise<Metadata> =>
    fetchDocument({ url, name, transport, timeout, issuer });
  for (const algorithm of ["oidc", "oauth2"] as const) {
    try {
      return await discoverServer({ issuer, algorithm, exchange });
    } catch (error) {
      if (error instanceof NoDocument && algorithm === "oidc") continue;
      throw error instanceof NoDocument || !OAuthError.isInstance(error)
        ? failed(name, `${issuer} has neither an OpenID Connect nor an OAuth metadata document`)
        : error;
    }
  }
  throw failed(name, "there is no document");
}

/** Nothing is at a well-known place; another may have it. */
class NoDocument extends Error {}

async function fetchDocument({
  url,
  name,
  transport,
  timeout,
  issuer,
}: {
  readonly url: string;
  readonly name: string;
  readonly transport: Transport;
  readonly timeout: number;
  readonly issuer: string;
}): Promise<Metadata> {
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
}

function mismatch(provider: string, issuer: string, named: unknown): OAuthError {
  const shown = typeof named === "string" && URL.canParse(named) ? new URL(named).href : "nothing";
  const onlySlash =
    typeof named === "string" && named.replace(/\/$/, "") === issuer.replace(/\/$/, "");
  return new OAuthError(
    "ISSUER_MISMATCH",
    `The metadata at ${issuer} is that of ${onlySlash ? named : shown}. The two must be equal, letter by letter${onlySlash ? ", the slash at the end too: pass it as the provider writes it" : " (OpenID Connect Discovery §4.3)"}.`,
    { provider },
  );
}

function failed(provider: string, reason: string, status?: number): OAuthError {
  const code = status === undefined ? undefined : codeOfStatus(status);
  return new OAuthError(
    "DISCOVERY_FAILED",
    `The provider could not be discovered: ${reason}. Check the issuer's URL, or describe the provider with defineProvider().`,
    { provider, retryable: code !== undefined, ...(status !== undefined && { status }) },
  );
}

/** A provider's definition from its metadata; what the app says of it goes before. */
function definitionOf<Scope extends string, AuthorizationOptions extends object>(
  issuer: string,
  name: string,
  metadata: Metadata,
  own: DiscoveredProvider<Scope, AuthorizationOptions>,
  byCertificate: boolean,
): ProviderDefinition<Scope, AuthorizationOptions> {
  // Other hosts for connections that show a certificate (RFC 8705 §5).
  const aliases = byCertificate ? objectOf(metadata["mtls_endpoint_aliases"]) : {};
  const endpoints = Object.fromEntries(
    Object.entries(ENDPOINTS).flatMap(([field, published]) => {
      const url = aliases[published] ?? metadata[published];
      return typeof url === "string" ? [[field, url]] : [];
    }),
  );
  const algorithms = listOf(metadata["id_token_signing_alg_values_supported"]).filter((algorithm) =>
    ASYMMETRIC.test(algorithm),
  );
  return {
    issuerInCallback: metadata["authorization_response_iss_parameter_supported"] === true,
    pushAuthorizationRequests: metadata["require_pushed_authorization_requests"] === true,
    clientAuthentication: authenticationOf(metadata),
    // One that is undefined says nothing: what the server requires stays required.
    ...definedFields({ ...own }),
    ...((algorithms.length > 0 || own.idToken) && {
      idToken: { ...(algorithms.length > 0 && { algorithms }), ...own.idToken },
    }),
    name,
    issuer,
    endpoints: { ...endpoints, ...own.endpoints } as ProviderEndpoints,
  };
}

/** How a client with a secret proves who it is; a server that does not say takes HTTP Basic (RFC 8414 §2). */
function authenticationOf(metadata: Metadata): ClientAuthentication {
  const methods = listOf(metadata["token_endpoint_auth_methods_supported"]);
  if (methods.length === 0 || methods.includes("client_secret_basic")) return "basic";
  const byAssertion =
    !methods.includes("client_secret_post") && methods.includes("client_secret_jwt");
  return byAssertion ? clientSecretJwt() : "post";
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

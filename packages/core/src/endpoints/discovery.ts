import { ENDPOINT_TIMEOUT } from "../client-context.ts";
import type { OAuth2ClientOptions } from "../client-options.ts";
import { systemClock } from "../clock.ts";
import { throwProblems } from "../errors/configuration-error.ts";
import { InsecureHttp, mustBeInsecureOrigins } from "../http/insecure-http.ts";
import { RetryBudget } from "../http/retry-budget.ts";
import { Transport } from "../http/transport.ts";
import { type Metadata, METADATA_FIELDS } from "../oidc/bridge.ts";
import { type ClientAuthentication, clientSecretJwt } from "../oidc/client-authentication.ts";
import {
  isIssuer,
  type Issuer,
  type IssuerTemplate,
  mustBeIssuer,
  ownIssuer,
} from "../oidc/issuer.ts";
import { isObject } from "../options/option-rules.ts";
import { definedFields } from "../options/own-fields.ts";
import type { ProviderDefinition } from "../provider-definition.ts";
import type { ProviderEndpoints } from "../provider-endpoints.ts";
import { urlProblems } from "../http/url-problems.ts";
import { nameOfIssuer } from "./issuer-name.ts";
import { fetchMetadata } from "./metadata.ts";
import { withIgnoredEndpoints } from "./missing-endpoint.ts";

/** What a discovered provider has beyond its metadata: its API, its default scope, hooks, …. */
export type DiscoveredProvider<
  Scope extends string = string,
  AuthorizationOptions extends object = object,
> = Partial<Omit<ProviderDefinition<Scope, AuthorizationOptions>, "issuer" | "endpoints">> & {
  /**
   * The template of the issuers of a provider with one for each tenant: the metadata must name it, with placeholders of any
   * name, or one of its issuers, which is then the only one.
   *
   * @defaultValue the issuer that is discovered
   */
  readonly issuer?: IssuerTemplate;
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
  /**
   * Where the metadata is fetched, if the issuer's own address cannot be reached from here or has none: for example
   * `http://keycloak:8080/realms/acme/.well-known/openid-configuration` for the issuer `https://id.acme.example/realms/acme`.
   * The metadata must name the issuer that was passed. https, unless its origin is in `provider.allowInsecureHttp`.
   *
   * @defaultValue the well-known URLs of the issuer
   */
  readonly metadataUrl?: string;
}

/** Algorithms with public keys; `none` and the HMACs do not prove who signed. */
const ASYMMETRIC = /^(?:(?:RS|PS|ES)(?:256|384|512)|EdDSA|Ed25519)$/;

/**
 * Defines a provider by its server's metadata, which is fetched, and by what the app says about it, which takes
 * precedence.
 *
 * @throws OAuthError: `DISCOVERY_FAILED`, `ISSUER_MISMATCH`, or the transport's error (`NETWORK_ERROR`, `TIMEOUT`, …);
 * ConfigurationError for a bad issuer, and for metadata without a usable token endpoint or with an unusable key set.
 */
export async function discoverDefinition<Scope extends string, AuthorizationOptions extends object>(
  { issuer, metadataUrl }: { readonly issuer: string; readonly metadataUrl: string | undefined },
  own: DiscoveredProvider<Scope, AuthorizationOptions>,
  options: OAuth2ClientOptions,
): Promise<ProviderDefinition<Scope, AuthorizationOptions>> {
  const { clock = systemClock, timeout = ENDPOINT_TIMEOUT, clientAuthentication } = options;
  throwProblems(
    "discover()",
    mustBeInsecureOrigins(own.allowInsecureHttp, "provider.allowInsecureHttp", {}),
  );
  const insecureHttp = own.allowInsecureHttp ?? [];
  const name = own.name ?? nameOfIssuer(issuer);
  const sender = {
    provider: { name },
    transport: new Transport(name, clock, options.http, new InsecureHttp(name, insecureHttp)),
    clock,
    random: options.random ?? Math.random,
    retries: options.retries,
    retryBudget: new RetryBudget(),
  };
  const expected = expectedIssuer(own.issuer, name);
  const metadata = await fetchMetadata({ issuer, metadataUrl, expected, timeout }, sender);
  const byCertificate =
    typeof clientAuthentication === "object" && clientAuthentication.method === "tls_client_auth";
  const { endpoints, ignored } = endpointsOf(metadata, byCertificate, insecureHttp);
  checkNeeded(issuer, name, { ...endpoints, ...own.endpoints }, ignored);
  const algorithms = textsOf(metadata["id_token_signing_alg_values_supported"]).filter(
    (algorithm) => ASYMMETRIC.test(algorithm),
  );
  const definition = {
    issuerInCallback: metadata["authorization_response_iss_parameter_supported"] === true,
    pushAuthorizationRequests: metadata["require_pushed_authorization_requests"] === true,
    clientAuthentication: authenticationOf(metadata),
    // An undefined field says nothing: what the server requires stays required.
    ...definedFields({ ...own }),
    ...(own.idToken !== false &&
      (algorithms.length > 0 || own.idToken) && {
        idToken: {
          ...(algorithms.length > 0 && { algorithms }),
          ...definedFields({ ...own.idToken }),
        },
      }),
    name,
    issuer: issuerOf(metadata, expected),
    endpoints: { ...endpoints, ...own.endpoints } as ProviderEndpoints,
  };
  return withIgnoredEndpoints(definition, ignored);
}

/** Checks the template of issuers that the app passed. */
function expectedIssuer(given: unknown, provider: string): IssuerTemplate | undefined {
  if (given === undefined) return undefined;
  const problems =
    typeof given === "string"
      ? [
          "provider.issuer must be { template }: a single issuer is discover()'s own argument, and metadataUrl says where its metadata is",
        ]
      : mustBeIssuer(given, "provider.issuer", {});
  throwProblems("discover()", problems, provider);
  return ownIssuer(given as IssuerTemplate) as IssuerTemplate;
}

/** The issuer of checked metadata: their own, except that the app's template has the names of claims. */
function issuerOf({ issuer }: Metadata, template: IssuerTemplate | undefined): Issuer {
  return template && !isIssuer(template, issuer) ? template : (issuer as string);
}

type Endpoints = Partial<Record<keyof ProviderEndpoints, string>>;

/** Reads the endpoints of the metadata, and for each that cannot be used the reason. */
function endpointsOf(
  metadata: Metadata,
  byCertificate: boolean,
  insecureHttp: readonly string[],
): { readonly endpoints: Endpoints; readonly ignored: Endpoints } {
  // Other hosts for connections with a client certificate (RFC 8705 §5).
  const { mtls_endpoint_aliases: mtls, issuer } = metadata;
  const published: Metadata = { ...metadata, ...(byCertificate && isObject(mtls) ? mtls : {}) };
  const endpoints: Endpoints = {};
  const ignored: Endpoints = {};
  for (const [name, field] of Object.entries(METADATA_FIELDS)) {
    const endpoint = name as keyof ProviderEndpoints;
    const url = published[field] ?? undefined;
    if (url === undefined) continue;
    const [problem] = urlProblems(field, url, insecureHttp);
    if (problem === undefined) endpoints[endpoint] = url as string;
    else ignored[endpoint] = `in the metadata of ${String(issuer)}, ${problem}`;
  }
  return { endpoints, ignored };
}

/**
 * Checks the endpoints that every client needs: without keys, ID tokens would be accepted that nobody verified.
 *
 * @throws ConfigurationError that says where the bad endpoint is.
 */
function checkNeeded(
  issuer: string,
  provider: string,
  endpoints: Endpoints,
  ignored: Endpoints,
): void {
  const bad = (["token", "jwks"] as const).flatMap((name) =>
    endpoints[name] === undefined ? (ignored[name] ?? []) : [],
  );
  if (bad.length === 0 && endpoints.token === undefined) {
    bad.push(
      `in the metadata of ${issuer}, token_endpoint is missing: pass it as provider.endpoints.token`,
    );
  }
  throwProblems(`The provider ${provider}`, bad, provider);
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

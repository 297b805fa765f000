import {
  ENVIRONMENT_RULES,
  isFilledText,
  must,
  mustBeOneOf,
  optionProblems,
  throwProblems,
  urlProblems,
} from "@grantkit/core/requests";
import { CLOUDS } from "./cloud.ts";

/** A managed identity, and where its tokens come from. */
export interface ManagedIdentitySource {
  /** The client ID of a user-assigned identity. Without an ID, tokens are the machine's own identity's. */
  readonly clientId?: string | undefined;
  /** The object ID of a user-assigned identity. */
  readonly objectId?: string | undefined;
  /** The Azure resource ID of a user-assigned identity. */
  readonly resourceId?: string | undefined;
  /**
   * The environment variable `IDENTITY_ENDPOINT` of App Service, Functions and Container Apps.
   *
   * @defaultValue the metadata service of virtual machines and of Kubernetes (`169.254.169.254`)
   */
  readonly endpoint?: string | undefined;
  /** The environment variable `IDENTITY_HEADER`, which comes with `IDENTITY_ENDPOINT`. */
  readonly header?: string | undefined;
}

/** The Azure Instance Metadata Service. */
const IMDS = "http://169.254.169.254/metadata/identity/oauth2/token";

/** The host's own network: these addresses are never routed (RFC 3927 §2.7). */
const LINK_LOCAL = /^http:\/\/169\.254\.\d{1,3}\.\d{1,3}$/;

const mustBeText = must("be a text that is not empty", isFilledText);

const RULES = {
  clientId: mustBeText,
  objectId: mustBeText,
  resourceId: mustBeText,
  endpoint: (value: unknown, name: string) =>
    value === undefined ? [] : urlProblems(name, value, linkLocalOrigins(value)),
  // The platform's error about any other header would quote it.
  header: must(
    "be a text of visible ASCII characters",
    (value) => typeof value === "string" && /^[\x21-\x7e]+$/.test(value),
  ),
  cloud: mustBeOneOf(...Object.keys(CLOUDS)),
  endpoints: must("be an object of URLs", (value) => typeof value === "object"),
  http: ENVIRONMENT_RULES.http,
  fetch: ENVIRONMENT_RULES.fetch,
  timeout: ENVIRONMENT_RULES.timeout,
  clock: ENVIRONMENT_RULES.clock,
};

/** @throws ConfigurationError that lists what is wrong with the options of a managed identity. */
export function checkIdentity(options: ManagedIdentitySource): void {
  const problems = optionProblems(options, RULES);
  const { clientId, objectId, resourceId, endpoint, header } = options;
  if ([clientId, objectId, resourceId].filter((each) => each !== undefined).length > 1) {
    problems.push("choose one of clientId, objectId and resourceId");
  }
  if ((endpoint === undefined) !== (header === undefined)) {
    const [missing, variable] =
      header === undefined ? ["header", "IDENTITY_HEADER"] : ["endpoint", "IDENTITY_ENDPOINT"];
    problems.push(
      `${missing} is missing: pass both environment variables, or none on a virtual machine (${variable} is not set)`,
    );
  }
  throwProblems("The managed identity", problems, "microsoft");
}

function linkLocalOrigins(endpoint: unknown): readonly string[] {
  const { origin, protocol, hostname } = URL.canParse(String(endpoint))
    ? new URL(String(endpoint))
    : new URL(IMDS);
  return LINK_LOCAL.test(`${protocol}//${hostname}`) ? [origin] : [];
}

/**
 * Gives the URL and the headers of the request for a token.
 *
 * @param isPastCache - Asks a virtual machine's endpoint for a token that it did not keep; App Service has no way to ask.
 */
export function tokenRequestOf(
  { clientId, objectId, resourceId, endpoint, header }: ManagedIdentitySource,
  resource: string,
  isPastCache: boolean,
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const url = new URL(endpoint ?? IMDS);
  const isAppService = header !== undefined;
  const parameters = {
    "api-version": isAppService ? "2019-08-01" : "2018-02-01",
    resource,
    client_id: clientId,
    [isAppService ? "principal_id" : "object_id"]: objectId,
    [isAppService ? "mi_res_id" : "msi_res_id"]: resourceId,
    bypass_cache: isPastCache && !isAppService ? "true" : undefined,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  // The headers keep a page or a server-side request forgery from reading tokens: neither can set them.
  const own = isAppService ? { "x-identity-header": header } : { metadata: "true" };
  return { url: url.href, headers: { ...own, accept: "application/json" } };
}

import { ConfigurationError, OAuth2Client, type Provider } from "@grantkit/core";
import { currentFlow, type Exchange } from "../../exchanges/exchange-log.ts";
import type { Opening } from "../open-targets.ts";
import type { Registration, Target, TypedTarget } from "../target.ts";
import { offlineAccessIn } from "../offline-access.ts";
import { guardedAdapter } from "./guarded-adapter.ts";
import { providerTarget } from "./provider-target.ts";
import { slugOf } from "./slug.ts";

/** What the person types in of an issuer. */
export interface TypedIssuer {
  readonly issuer: string;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly scope?: readonly string[] | undefined;
}

/** Milliseconds for each of the two documents where metadata can be (OpenID Connect Discovery §4, RFC 8414 §3). */
const TIMEOUT = 4000;

/**
 * Fetches the metadata of an issuer, and makes a target of it. Nothing is fetched from elsewhere than the issuer's own origin.
 *
 * @param discovery - Takes the exchanges, also those of a failure.
 * @throws OAuthError that says what is wrong with the issuer.
 */
export async function openIssuer(
  opening: Opening,
  typed: TypedIssuer,
  discovery: Exchange[] = [],
): Promise<TypedTarget> {
  const issuer = issuerOf(typed.issuer);
  const { provider, metadata } = await discover(opening, issuer, discovery);
  const origin = new URL(issuer).origin;
  return {
    target: targetOf(opening, { ...typed, issuer }, provider, metadata),
    elsewhere: Object.entries(provider.endpoints)
      .map(([endpoint, url]) => ({ endpoint, url: String(url) }))
      .filter(({ url }) => new URL(url).origin !== origin),
    discovery,
  };
}

/** Reads the issuer, also from the URL of its metadata. */
function issuerOf(text: string): string {
  const issuer = text.replace(METADATA_PATH, "");
  const url = /^https?:/.test(issuer) && URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (url && url.username + url.password + url.search + url.hash === "") return issuer;
  throw new ConfigurationError("The issuer", [
    "An issuer is a URL that begins with https://, or with http:// for a server of your own, and has no user name, no query and no fragment: for example http://localhost:8080/realms/acme.",
  ]);
}

const METADATA_PATH = /\/\.well-known\/(?:openid-configuration|oauth-authorization-server)$/;

async function discover(
  { shared }: Opening,
  issuer: string,
  exchanges: Exchange[],
): Promise<{ readonly provider: Provider; readonly metadata: string }> {
  const { origin, protocol } = new URL(issuer);
  const log = { add: (exchange: Exchange) => exchanges.push(exchange) };
  const client = await currentFlow.run(
    { log, provider: { name: `issuer-${slugOf(issuer)}`, title: issuer } },
    () =>
      OAuth2Client.discover(issuer, {
        ...shared,
        clientId: "none-yet",
        http: { adapter: guardedAdapter([origin]) },
        timeout: TIMEOUT,
        retries: false,
        // That the person typed it in is their consent: private hosts and test servers have no https.
        provider: { allowInsecureHttp: protocol === "http:" ? [origin] : [] },
      }),
  );
  const document = exchanges.findLast(({ status }) => status === 200)?.responseBody;
  return { provider: client.provider, metadata: document ?? "" };
}

function targetOf(
  opening: Opening,
  typed: TypedIssuer,
  discovered: Provider,
  metadata: string,
): Target {
  const { issuer, clientId, clientSecret, scope } = typed;
  const { host, pathname } = new URL(issuer);
  const title = `${host}${pathname.replace(/\/$/, "")}`;
  const id = `issuer-${slugOf(issuer)}`;
  const scopes = listIn(metadata, "scopes_supported") ?? [];
  const usual = ["openid", "profile", "email"].filter((each) => scopes.includes(each));
  const provider = { ...discovered, defaultScope: scope ?? usual };
  const registration: Registration = {
    isMissing: clientId === undefined,
    callbackUrl: `${opening.publicUrl}/callback/${id}`,
    open: (credentials) => ({
      target: targetOf(opening, { ...typed, ...credentials }, discovered, metadata),
      elsewhere: [],
    }),
  };
  return {
    ...providerTarget(opening, {
      id,
      title,
      kind: "issuer",
      teaser: `The issuer ${issuer}, by its metadata.`,
      provider,
      source: { kind: "definition", definition: provider },
      credentials: clientId === undefined ? undefined : { clientId, clientSecret },
      scopes,
      offlineAccess: offlineAccessIn(scopes),
      sample: discovered.endpoints.userInfo ?? issuer,
      code: { module: "@grantkit/core", className: "OAuth2Client", issuer },
      facts: [["Issuer", issuer], ...Object.entries(discovered.endpoints)],
      metadata,
      responseTypes: listIn(metadata, "response_types_supported"),
      registration,
    }),
    typed: true,
  };
}

/** Reads a list of words; undefined if there is none. */
function listIn(metadata: string, name: string): readonly string[] | undefined {
  try {
    const list = (JSON.parse(metadata) as Readonly<Record<string, unknown>>)[name];
    return Array.isArray(list) ? list.filter((word) => typeof word === "string") : undefined;
  } catch {
    // Only the first 100,000 characters are kept.
    return undefined;
  }
}

import { jsonReply } from "../oauth/replies.ts";
import type { FacebookServer } from "./server.ts";

const LATEST_VERSION = "v26.0";

/** The URLs of the Facebook emulator. */
export interface FacebookEndpoints {
  /** Issuer of ID tokens. */
  readonly issuer: string;
  /** Authorization endpoint, with the consent page. */
  readonly authorization: string;
  /** Token endpoint. */
  readonly token: string;
  /** Key set for ID tokens. */
  readonly jwks: string;
  /** Base URL of the Graph API with its version, without a trailing slash. */
  readonly api: string;
}

/** Returns the URLs, with Facebook's paths. */
export function facebookEndpoints(origin: string): FacebookEndpoints {
  return {
    issuer: origin,
    authorization: `${origin}/${LATEST_VERSION}/dialog/oauth`,
    token: `${origin}/${LATEST_VERSION}/oauth/access_token`,
    jwks: `${origin}/.well-known/oauth/openid/jwks/`,
    api: `${origin}/${LATEST_VERSION}`,
  };
}

/** Serves the discovery document, which has no token endpoint, and the key set. */
export function serveDiscovery(server: FacebookServer): void {
  const { app, endpoints, keys, origin } = server;
  const document = {
    issuer: endpoints.issuer,
    authorization_endpoint: `${origin}/dialog/oauth/`,
    jwks_uri: endpoints.jwks,
    response_types_supported: ["id_token", "token id_token"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    claims_supported: [
      "iss",
      "aud",
      "sub",
      "iat",
      "exp",
      "jti",
      "nonce",
      "at_hash",
      "name",
      "given_name",
      "middle_name",
      "family_name",
      "email",
      "picture",
    ],
  };
  for (const slash of ["", "/"]) {
    app.get(`/.well-known/openid-configuration${slash}`, () => jsonReply(document));
    app.get(`/.well-known/oauth/openid/jwks${slash}`, async () =>
      jsonReply(await keys.jwks(), 200, { "cache-control": "public, max-age=3600" }),
    );
  }
}

// The last day of each version: https://developers.facebook.com/docs/graph-api/changelog
const LAST_DAYS: readonly (readonly [version: string, lastDay: string])[] = [
  ["v20.0", "2026-09-24"],
  ["v21.0", "2027-01-21"],
  ["v22.0", "2027-05-20"],
  ["v23.0", "2027-10-08"],
  ["v24.0", "2028-02-18"],
  ["v25.0", "2028-07-29"],
];

/** Returns the Graph API version that serves a call; undefined for a future version. `now` is in milliseconds. */
export function servingVersion(requested: string | undefined, now: number): string | undefined {
  const living = LAST_DAYS.filter(([, lastDay]) => Date.parse(`${lastDay}T23:59:59Z`) >= now).map(
    ([version]) => version,
  );
  const oldest = living[0] ?? LATEST_VERSION;
  // The oldest available version serves calls without a version, and those for an expired one.
  if (requested === undefined) return oldest;
  if (major(requested) > major(LATEST_VERSION)) return undefined;
  return [...living, LATEST_VERSION].includes(requested) ? requested : oldest;
}

function major(version: string): number {
  return Number.parseFloat(version.slice(1));
}

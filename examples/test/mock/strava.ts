import type { ProviderFacts, Refusal } from "./server/facts.ts";

const SCOPES = new Set(
  "read read_all profile:read_all profile:write activity:read activity:read_all activity:write".split(
    " ",
  ),
);
const ATHLETE = {
  id: 227_615,
  username: "ada",
  firstname: "Ada",
  lastname: "Lovelace",
  profile: "https://dgalywyr863hv.example/ada.jpg",
};

/**
 * Strava.
 *
 * - Scopes are separated by commas; an unknown one is refused.
 * - The user may untick scopes. What is granted is in the callback's `scope`, and nowhere else.
 * - The first token response has the `athlete`.
 * - Disconnecting is a POST with the access token; there is no revocation endpoint of RFC 7009.
 * - Errors are `{ message, errors: [{ resource, field, code }] }`.
 * - PKCE is ignored.
 *
 * @see https://developers.strava.com/docs/authentication/
 */
export const stravaFacts: ProviderFacts = {
  authorization: "https://www.strava.com/oauth/authorize",
  token: "https://www.strava.com/api/v3/oauth/token",
  authentication: ["post"],
  scopeDelimiter: ",",
  lifetime: 21_600,
  refreshable: () => true,
  rotates: true,
  refuseAuthorization: ({ scope = "" }) =>
    scope.split(",").every((name) => SCOPES.has(name))
      ? undefined
      : { error: "invalid_scope", description: "Authorize scope" },
  callback: ({ scope }) => ({ scope: scope.join(",") }),
  tokenFields: ({ isRefresh, now }) => ({
    scope: undefined,
    expires_at: now + 21_600,
    ...(!isRefresh && { athlete: ATHLETE }),
  }),
  error: stravaError,
  refreshRefusal: { error: "invalid_grant", description: "RefreshToken refresh_token" },
  unauthorized: {
    status: 401,
    body: {
      message: "Authorization Error",
      errors: [{ resource: "Athlete", field: "access_token", code: "invalid" }],
    },
  },
  api: {
    "GET https://www.strava.com/api/v3/athlete": () => ({ body: ATHLETE }),
    "POST https://www.strava.com/oauth/deauthorize": ({ headers }, grant) => {
      grant.isRevoked = true;
      return { body: { access_token: headers["authorization"]?.slice("Bearer ".length) } };
    },
  },
};

/** What Strava says about a refusal that has no words of its own. */
const WORDS: Readonly<Record<string, string>> = {
  invalid_client: "Application client_id",
  invalid_grant: "AuthorizationCode code",
};

function stravaError({ error, description }: Refusal): object {
  const isOwn = /^[A-Z]\w+ [a-z_]+$/.test(description);
  const [resource, field] = (isOwn ? description : (WORDS[error] ?? "Authorize request")).split(
    " ",
  );
  return { message: "Bad Request", errors: [{ resource, field, code: "invalid" }] };
}

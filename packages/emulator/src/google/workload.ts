import { createLocalJWKSet, jwtVerify } from "jose";
import { jsonReply } from "../oauth/responses.ts";
import { authorizationHeader, bodyParameters, delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { oauthError, unauthenticated } from "./errors.ts";
import { serviceIdToken } from "./id-token.ts";
import type { GoogleServer } from "./server.ts";

/** The `audience` of the workload identity pool. */
export const WORKLOAD_AUDIENCE: string =
  "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/emulator/providers/emulator";

const ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";

/** Signs a token of the workload's own identity provider, as it would be in a file or at a URL. */
export function createSubjectToken({ externalKeys, origin, now }: GoogleServer): Promise<string> {
  const iat = Math.floor(now() / 1000);
  const iss = `${origin}/external`;
  return externalKeys.sign({ iss, aud: WORKLOAD_AUDIENCE, sub: "workload", iat, exp: iat + 3600 });
}

/**
 * Serves the security token service, and the impersonation of service accounts.
 *
 * @see https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
 * @see https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts
 */
export function serveWorkload(server: GoogleServer): void {
  server.app.post("/v1/token", (c) => exchangeSubject(server, bodyParameters(c)));
  server.app.post("/v1/projects/-/serviceAccounts/:call", (c) => impersonate(server, c));
}

async function exchangeSubject(
  server: GoogleServer,
  parameters: WireParameters,
): Promise<Response> {
  const { grant_type: grant, audience = "", subject_token: subject = "", scope } = parameters;
  if (grant !== "urn:ietf:params:oauth:grant-type:token-exchange") {
    return oauthError("unsupported_grant_type", "Invalid grant_type.");
  }
  if (parameters["requested_token_type"] !== ACCESS_TOKEN_TYPE) {
    return oauthError("invalid_request", "Invalid value for requested_token_type.");
  }
  if (!audience.startsWith("//iam.googleapis.com/")) {
    return oauthError("invalid_request", NO_RESOURCE_NAME);
  }
  if (audience !== WORKLOAD_AUDIENCE) return oauthError("invalid_target", NO_SUCH_PROVIDER);
  const keys = createLocalJWKSet(await server.externalKeys.jwks());
  try {
    await jwtVerify(subject, keys, {
      audience: [audience, `https:${audience}`],
      currentDate: new Date(server.now()),
    });
  } catch {
    return oauthError("invalid_grant", "Unable to verify the subject token.");
  }
  const scopes = delimitedList(scope);
  return jsonReply({
    access_token: server.tokens.issueAccess({ user: undefined, scopes, offline: false }),
    issued_token_type: ACCESS_TOKEN_TYPE,
    token_type: "Bearer",
    expires_in: server.switches.accessTokenLifetime,
  });
}

// Both as Google's users report them: https://github.com/google-github-actions/auth/issues/211 and 333.
const NO_RESOURCE_NAME =
  'Invalid value for "audience". This value should be the full resource name of the Identity Provider. See https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token for the list of possible formats.';
const NO_SUCH_PROVIDER =
  'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn\'t exist.';

async function impersonate(server: GoogleServer, c: EmulatorContext): Promise<Response> {
  const caller = server.tokens.access(authorizationHeader(c, "bearer"));
  if (caller === undefined) return unauthenticated();
  const [email = "", method] = (c.req.param("call") ?? "").split(":");
  const account = server.serviceAccounts.find(email);
  if (account === undefined) return jsonReply(NOT_FOUND, 404);
  const { scope, lifetime = "3600s", audience } = c.get("received").body;
  if (method === "generateIdToken") {
    return jsonReply({ token: await serviceIdToken(server, account, String(audience)) });
  }
  const seconds = Number.parseInt(String(lifetime), 10);
  const scopes = Array.isArray(scope) ? scope.map(String) : [];
  const access = { user: undefined, scopes, offline: false };
  return jsonReply({
    accessToken: server.tokens.issueAccess(access, seconds),
    expireTime: new Date(server.now() + seconds * 1000).toISOString().replace(/\.\d+/, ""),
  });
}

const NOT_FOUND = {
  error: { code: 404, message: "Not found; Gaia id not found for email", status: "NOT_FOUND" },
};

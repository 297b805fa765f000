import { type OAuth2Session, Token } from "@grantkit/core";
import {
  type ApiCall,
  type ApiCallAnswer,
  callApi,
  readDate,
  readText,
} from "@grantkit/core/requests";

/**
 * Gets an access token of a service account.
 *
 * @param url - `service_account_impersonation_url`.
 * @throws OAuthError: `ACCESS_DENIED` when the principal may not impersonate it (the role Workload Identity User or Service
 * Account Token Creator is missing), ….
 * @see https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken
 */
export async function generateAccessToken(
  session: OAuth2Session,
  url: string,
  scope: readonly string[],
  lifetime: number,
): Promise<Token> {
  const json = { scope, lifetime: `${lifetime}s` };
  const { fields, unusable } = await call(session, { url, json });
  const { accessToken: given, expireTime } = fields();
  const [accessToken, expiresAt] = [readText(given), readDate(expireTime)];
  if (accessToken === undefined || !expiresAt) throw unusable("accessToken");
  return Token.from({ accessToken, tokenType: "bearer", expiresAt, scope: [...scope] });
}

/**
 * Gets an ID token of a service account.
 *
 * @param url - `service_account_impersonation_url`.
 * @throws OAuthError as {@link generateAccessToken} does.
 */
export async function generateIdToken(
  session: OAuth2Session,
  url: string,
  audience: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const idTokenUrl = url.replace(/:generateAccessToken$/, ":generateIdToken");
  const json = { audience, includeEmail: true };
  const { fields, unusable } = await call(session, { url: idTokenUrl, json, signal });
  const token = readText(fields()["token"]);
  if (token === undefined) throw unusable("token");
  return token;
}

function call(
  session: OAuth2Session,
  request: Pick<ApiCall, "url" | "json" | "signal">,
): Promise<ApiCallAnswer> {
  return callApi(session, {
    ...request,
    method: "POST",
    what: "the impersonation of the service account",
    codes: { 403: "ACCESS_DENIED" },
    advice:
      "Check that it exists, that the IAM Credentials API is enabled, and that the workload has the role Workload Identity User.",
  });
}

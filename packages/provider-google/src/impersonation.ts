import { isApiError, OAuthError, type OAuth2Session, Token } from "@grantkit/core";
import { codeOfStatus, isObject, ownFields } from "@grantkit/core/requests";
import { googleApiError } from "./api-error.ts";

/** A service account in whose name a session acts. */
interface Impersonated {
  /** `service_account_impersonation_url`. */
  readonly url: string;
  readonly provider: string;
}

/**
 * Gets an access token of a service account.
 *
 * @throws OAuthError: `ACCESS_DENIED` when the principal may not impersonate it (the role Workload Identity User or Service
 * Account Token Creator is missing), ….
 * @see https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken
 */
export async function generateAccessToken(
  session: OAuth2Session,
  { url, provider }: Impersonated,
  scope: readonly string[],
  lifetime: number,
): Promise<Token> {
  const body = { scope, lifetime: `${lifetime}s` };
  const { accessToken, expireTime } = await call(session, { url, provider }, body);
  const expiresAt = typeof expireTime === "string" ? Date.parse(expireTime) : Number.NaN;
  if (typeof accessToken !== "string" || Number.isNaN(expiresAt)) {
    throw unusable(provider, "accessToken");
  }
  return Token.from({ accessToken, tokenType: "bearer", expiresAt, scope: [...scope] });
}

/**
 * Gets an ID token of a service account.
 *
 * @throws OAuthError as {@link generateAccessToken} does.
 */
export async function generateIdToken(
  session: OAuth2Session,
  { url, provider }: Impersonated,
  audience: string,
): Promise<string> {
  const idTokenUrl = url.replace(/:generateAccessToken$/, ":generateIdToken");
  const body = { audience, includeEmail: true };
  const { token } = await call(session, { url: idTokenUrl, provider }, body);
  if (typeof token === "string") return token;
  throw unusable(provider, "token");
}

async function call(
  session: OAuth2Session,
  { url, provider }: Impersonated,
  body: object,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    const { data } = await session.post<unknown>(url, body);
    return ownFields(isObject(data) ? data : {});
  } catch (error) {
    if (!isApiError(error)) throw error;
    const { status } = error;
    const known = googleApiError(error);
    const code = codeOfStatus(status) ?? (status === 403 ? "ACCESS_DENIED" : "API_REQUEST_FAILED");
    const message = `The service account could not be impersonated: Google responded with status ${status}. Check that it exists, that the IAM Credentials API is enabled, and that the workload has the role Workload Identity User.`;
    throw new OAuthError(code, message, {
      provider,
      status,
      retryable: codeOfStatus(status) !== undefined,
      ...(known && { errorDescription: known.message, error: known.status ?? "error" }),
      ...(known?.reason !== undefined && { details: { reason: known.reason } }),
    });
  }
}

function unusable(provider: string, field: string): OAuthError {
  const message = `The response of the IAM Credentials API cannot be used: ${field} is missing.`;
  return new OAuthError("TOKEN_RESPONSE_INVALID", message, { provider, details: { field } });
}

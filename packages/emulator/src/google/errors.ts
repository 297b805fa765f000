import { jsonReply } from "../oauth/responses.ts";

/** An error of a Google API, in the shape of AIP-193 (https://google.aip.dev/193). */
export interface GoogleApiError {
  /** HTTP status, repeated in the body as `code`. */
  readonly code: number;
  readonly status: string;
  readonly message: string;
  /** `reason` of the ErrorInfo detail. */
  readonly reason: string;
  /** `reason` of the older `errors` list. */
  readonly legacyReason: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Makes the response of an API error. */
export function apiError(error: GoogleApiError, headers: Record<string, string> = {}): Response {
  const { code, status, message, reason, legacyReason, metadata } = error;
  const info = {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    reason,
    domain: "googleapis.com",
    metadata,
  };
  const errors = [{ message, domain: "global", reason: legacyReason }];
  return jsonReply({ error: { code, message, errors, status, details: [info] } }, code, headers);
}

/** Makes the response to a missing, expired or revoked token. */
export function unauthenticated(): Response {
  return apiError(
    {
      code: 401,
      status: "UNAUTHENTICATED",
      message:
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
      reason: "ACCESS_TOKEN_EXPIRED",
      legacyReason: "authError",
    },
    {
      "www-authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"',
    },
  );
}

/** Makes the response to a token without the required scope. */
export function insufficientScope(): Response {
  return apiError(
    {
      code: 403,
      status: "PERMISSION_DENIED",
      message: "Request had insufficient authentication scopes.",
      reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
      legacyReason: "insufficientPermissions",
    },
    {
      "www-authenticate": 'Bearer realm="https://accounts.google.com/", error="insufficient_scope"',
    },
  );
}

/** Makes the response to a path that Google may have, and the emulator has not. */
export function unserved(): Response {
  return apiError({
    code: 404,
    status: "NOT_FOUND",
    message: "Requested entity was not found. The emulator does not serve this path.",
    reason: "NOT_FOUND",
    legacyReason: "notFound",
  });
}

/** Makes the response of an error of Google's OAuth endpoints. */
export function oauthError(error: string, description: string, status: number = 400): Response {
  return jsonReply({ error, error_description: description }, status);
}

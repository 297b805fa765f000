import { OAuthError, type OAuthErrorCode, type OAuth2Session, Token } from "@grantkit/core";
import { codeOfStatus, isObject, ownFields } from "@grantkit/core/requests";
import { readGraphError } from "./graph-error.ts";

const MAX_BYTES = 1_048_576;

/** Matches what can be a permission: no character that separates scopes, or that the records of tokens refuse. */
const PERMISSION = /^[\w.:/-]+$/;

/**
 * Asks the Graph API which permissions the session's user has granted, and returns the session's token with these as its
 * scope. The token response has no scope.
 *
 * @see https://developers.facebook.com/docs/graph-api/reference/user/permissions
 */
export async function withGrantedScopes(session: OAuth2Session): Promise<Token> {
  // No redirect: the answer of another origin would not be Facebook's.
  const response = await session.fetch("/me/permissions", {
    redirect: "manual",
    maxContentLength: MAX_BYTES,
  });
  const text = await response.text();
  if (!response.ok) throw refusal(response.status, parsed(text));
  const scope = grantedOf(parsed(text));
  if (scope === undefined) {
    throw new OAuthError(
      "API_REQUEST_FAILED",
      "Facebook's response is not a list of permissions, so the granted scopes are unknown. Check the options version and endpoints, and any proxy in between.",
      { provider: "facebook", status: response.status },
    );
  }
  const { token } = session;
  const missing = token.requestedScope.filter((name) => !scope.includes(name));
  const additional = scope.filter((name) => !token.requestedScope.includes(name));
  const isSame = missing.length === 0 && additional.length === 0;
  const scopeChange = isSame ? undefined : { missing, additional };
  return Token.from({ ...token.toJSON(), scope, scopeChange });
}

/** The granted permissions; undefined for anything but a list of permissions. */
function grantedOf(body: unknown): string[] | undefined {
  const { data } = fieldsOf(body);
  if (!Array.isArray(data)) return undefined;
  const granted = new Set<string>();
  const others = new Set<string>();
  for (const entry of data as unknown[]) {
    const { permission, status } = fieldsOf(entry);
    if (typeof permission !== "string" || !PERMISSION.test(permission)) return undefined;
    if (typeof status !== "string") return undefined;
    (status === "granted" ? granted : others).add(permission);
  }
  // A permission that is listed as granted and as declined is not certain.
  return [...granted].filter((permission) => !others.has(permission));
}

function refusal(status: number, body: unknown): OAuthError {
  const { code = codeOf(status), error, details = {} } = readGraphError(fieldsOf(body)) ?? {};
  return new OAuthError(
    code,
    `Facebook refused to list the user's permissions with status ${status}, so the granted scopes are unknown. ${ADVICE[code] ?? "Look at the error's details."}`,
    {
      provider: "facebook",
      status,
      ...(error !== undefined && { error }),
      // Its texts may repeat the token.
      details: Object.fromEntries(
        Object.entries(details).filter(
          ([name, value]) => typeof value !== "string" || name === "fbtrace_id",
        ),
      ),
      retryable: code === "RATE_LIMITED" || code === "SERVER_ERROR",
    },
  );
}

function codeOf(status: number): OAuthErrorCode {
  return status === 401 ? "TOKEN_REJECTED" : (codeOfStatus(status) ?? "API_REQUEST_FAILED");
}

const ADVICE: Partial<Record<OAuthErrorCode, string>> = {
  RATE_LIMITED: "Wait before the next call.",
  SERVER_ERROR: "Try again later.",
  TOKEN_REJECTED: "Let the user sign in again.",
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return ownFields(isObject(value) ? value : {});
}

import {
  isOAuthError,
  type OAuth2Client,
  OAuthError,
  type OAuthErrorCode,
  Token,
} from "@grantkit/core";
import {
  type ApiCall,
  type ApiCallAnswer,
  callWithoutToken,
  clockOf,
  pause,
  readJsonFields,
  readSeconds,
  readText,
  readUnixTime,
} from "@grantkit/core/requests";
import { type ManagedIdentitySource, tokenRequestOf } from "./identity-endpoint.ts";

/** Milliseconds. */
const FIRST_PAUSE = 1000;
const ATTEMPTS = 4;
/** The longest Retry-After that is waited for, in seconds: all callers wait for this one request. */
const LONGEST_RETRY_AFTER = 60;
/** The metadata service is replaced within 70 seconds, and answers 410 meanwhile. */
const GONE = { status: 410, pause: 10_000, attempts: 8 };

const CODES: Readonly<Record<number, OAuthErrorCode>> = {
  400: "INVALID_REQUEST",
  401: "UNAUTHORIZED_CLIENT",
  403: "UNAUTHORIZED_CLIENT",
  404: "TEMPORARILY_UNAVAILABLE",
  410: "TEMPORARILY_UNAVAILABLE",
};

/**
 * Fetches a token of a managed identity; once more where the endpoint gives one that it kept past its end.
 *
 * @param timeout - Milliseconds for each attempt.
 * @see https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#token-caching
 */
export async function askIdentityEndpoint(
  client: OAuth2Client,
  identity: ManagedIdentitySource,
  resource: string,
  timeout: number,
): Promise<Token> {
  const fetchToken = async (isPastCache: boolean): Promise<Token | undefined> => {
    const answer = await sendWithRetries(client, {
      ...tokenRequestOf(identity, resource, isPastCache),
      retries: false,
      timeout,
      what: "the request for a token of the managed identity",
      secrets: [identity.header],
      codes: CODES,
      advice:
        "Check that the app runs in Azure, that the identity is assigned there, and the resource.",
    });
    return unexpiredTokenOf(answer, clockOf(client).now(), resource);
  };
  // App Service has no way past its cache.
  const canBypass = identity.header === undefined;
  const token = (await fetchToken(false)) ?? (canBypass ? await fetchToken(true) : undefined);
  if (token !== undefined) return token;
  throw new OAuthError(
    "TOKEN_RESPONSE_INVALID",
    "The endpoint of the managed identity gave a token that has expired by this machine's clock. Check the clock, then try again: Azure may have kept the token for too long.",
    { provider: "microsoft", details: { field: "expires_on" } },
  );
}

/**
 * Sends a request, and repeats it as Microsoft asks for.
 *
 * @see https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#retry-guidance
 */
async function sendWithRetries(client: OAuth2Client, call: ApiCall): Promise<ApiCallAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await callWithoutToken(client, call);
    } catch (error) {
      const milliseconds = pauseAfter(error, attempt);
      if (milliseconds === undefined) throw error;
      await pause(clockOf(client), milliseconds, undefined);
    }
  }
}

/** Milliseconds until the next attempt; undefined where none would help. */
function pauseAfter(error: unknown, attempt: number): number | undefined {
  const { status = 0, retryAfter } = isOAuthError(error) ? error : {};
  if (status === GONE.status) return attempt < GONE.attempts ? GONE.pause : undefined;
  const isTransient = status === 404 || status === 429 || status >= 500;
  if (!isTransient || attempt >= ATTEMPTS) return undefined;
  if (retryAfter === undefined) return FIRST_PAUSE * 2 ** (attempt - 1);
  return retryAfter <= LONGEST_RETRY_AFTER ? retryAfter * 1000 : undefined;
}

/** Reads the token of an answer; undefined for one that has expired. */
function unexpiredTokenOf(
  { text, unusable }: ApiCallAnswer,
  now: number,
  resource: string,
): Token | undefined {
  const { access_token: given, token_type: type, expires_on: on, ...rest } = readJsonFields(text);
  const accessToken = readText(given);
  if (accessToken === undefined) throw unusable("access_token");
  if (readText(type)?.toLowerCase() !== "bearer") throw unusable("token_type");
  const within = readSeconds(rest["expires_in"]);
  const expiresAt = readUnixTime(on) ?? (within && now + within * 1000);
  if (!expiresAt) throw unusable("expires_on");
  if (Number(expiresAt) <= now) return undefined;
  const raw = { resource };
  return Token.from({ accessToken, tokenType: "bearer", issuedAt: now, expiresAt, raw });
}

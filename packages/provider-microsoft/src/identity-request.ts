import { isOAuthError, type OAuth2Client, type OAuthErrorCode, Token } from "@grantkit/core";
import {
  type ApiCallAnswer,
  callApi,
  clockOf,
  pause,
  readJsonFields,
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
 * Fetches a token of a managed identity; repeats the request as Microsoft asks for.
 *
 * @param timeout - Milliseconds for each attempt.
 * @see https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#retry-guidance
 */
export async function askIdentityEndpoint(
  client: OAuth2Client,
  identity: ManagedIdentitySource,
  resource: string,
  timeout: number,
): Promise<Token> {
  const clock = clockOf(client);
  const session = client.session({ accessToken: "none" }, { refresh: "manual" });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await callApi(session, {
        ...tokenRequestOf(identity, resource),
        withholdToken: true,
        retries: false,
        timeout,
        what: "the request for a token of the managed identity",
        secrets: [identity.header],
        codes: CODES,
        advice:
          "Check that the app runs in Azure, that the identity is assigned there, and the resource.",
      });
      return tokenOf(answer, clock.now(), resource);
    } catch (error) {
      const milliseconds = pauseAfter(error, attempt);
      if (milliseconds === undefined) throw error;
      await pause(clock, milliseconds, undefined);
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

function tokenOf({ text, unusable }: ApiCallAnswer, now: number, resource: string): Token {
  const { access_token: given, token_type: type, expires_on: on, ...rest } = readJsonFields(text);
  const accessToken = readText(given);
  if (accessToken === undefined) throw unusable("access_token");
  if (readText(type)?.toLowerCase() !== "bearer") throw unusable("token_type");
  // Both numbers are of seconds, and sent as texts.
  const within = readUnixTime(rest["expires_in"])?.getTime();
  const expiresAt = readUnixTime(on) ?? (within && now + within);
  if (!expiresAt) throw unusable("expires_on");
  const raw = { resource };
  return Token.from({ accessToken, tokenType: "bearer", issuedAt: now, expiresAt, raw });
}

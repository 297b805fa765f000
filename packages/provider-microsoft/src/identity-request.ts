import { type Clock, OAuthError, type OAuthErrorCode, Token } from "@grantkit/core";
import {
  codeOfStatus,
  ownFields,
  parseBody,
  parseRetryAfter,
  Redactor,
  type Transport,
  type TransportResponse,
} from "@grantkit/core/requests";
import { type ManagedIdentitySource, tokenRequestOf } from "./identity-endpoint.ts";

interface IdentityRequest {
  readonly identity: ManagedIdentitySource;
  readonly resource: string;
  readonly transport: Transport;
  readonly clock: Clock;
  /** Milliseconds for each attempt. */
  readonly timeout: number;
}

/** Bytes. */
const LARGEST_ANSWER = 1024 * 1024;
/** Milliseconds. */
const FIRST_PAUSE = 1000;
const ATTEMPTS = 4;
/** The metadata service is replaced within 70 seconds, and answers 410 meanwhile. */
const GONE = { status: 410, pause: 10_000, attempts: 8 };

/**
 * Fetches a token of a managed identity; repeats the request as Microsoft asks for.
 *
 * @see https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#retry-guidance
 */
export async function askIdentityEndpoint(request: IdentityRequest): Promise<Token> {
  const { identity, resource, transport, clock, timeout } = request;
  const wire = {
    ...tokenRequestOf(identity, resource),
    method: "GET" as const,
    timeout,
    maxBytes: LARGEST_ANSWER,
    what: "the managed identity endpoint",
  };
  for (let attempt = 1; ; attempt += 1) {
    const response = await transport.send(wire);
    if (response.status === 200) return tokenOf(response, clock.now(), resource);
    const pause = pauseAfter(response, attempt, clock.now());
    if (pause === undefined) throw refusalOf(response, identity, clock.now());
    await new Promise<void>((resolve) => clock.after(pause, resolve, true));
  }
}

/** Milliseconds until the next attempt; undefined where none would help. */
function pauseAfter(
  { status, headers }: TransportResponse,
  attempt: number,
  now: number,
): number | undefined {
  if (status === GONE.status) return attempt < GONE.attempts ? GONE.pause : undefined;
  const isTransient = status === 404 || status === 429 || status >= 500;
  if (!isTransient || attempt >= ATTEMPTS) return undefined;
  const asked = parseRetryAfter(headers["retry-after"], now);
  return asked === undefined ? FIRST_PAUSE * 2 ** (attempt - 1) : asked * 1000;
}

function tokenOf({ body, headers }: TransportResponse, now: number, resource: string): Token {
  const parsed = parseBody(body, headers["content-type"]);
  if (!parsed.ok) throw unusable(parsed.reason, "body");
  const { access_token: accessToken, token_type: tokenType, ...rest } = ownFields(parsed.value);
  if (typeof accessToken !== "string" || accessToken === "") {
    throw unusable("access_token is missing", "access_token");
  }
  if (typeof tokenType !== "string" || tokenType.toLowerCase() !== "bearer") {
    throw unusable("token_type is not Bearer", "token_type");
  }
  const expiresAt = endOf(rest, now);
  if (expiresAt === undefined)
    throw unusable("it does not say when the token expires", "expires_on");
  return Token.from({
    accessToken,
    tokenType: "bearer",
    issuedAt: now,
    expiresAt,
    raw: { resource },
  });
}

/** Milliseconds since the epoch: both numbers are of seconds, and sent as texts. */
function endOf(body: Readonly<Record<string, unknown>>, now: number): number | undefined {
  const [on, within] = [body["expires_on"], body["expires_in"]].map((value) =>
    /^\d{1,12}$/.test(String(value)) ? Number(value) * 1000 : undefined,
  );
  if (on !== undefined) return on;
  return within === undefined ? undefined : now + within;
}

function unusable(reason: string, field: string): OAuthError {
  const message = `The answer of the managed identity endpoint cannot be used: ${reason}. Check endpoint and header.`;
  return new OAuthError("TOKEN_RESPONSE_INVALID", message, {
    provider: "microsoft",
    details: { field },
  });
}

const CODES: Readonly<Record<number, OAuthErrorCode>> = {
  400: "INVALID_REQUEST",
  401: "UNAUTHORIZED_CLIENT",
  403: "UNAUTHORIZED_CLIENT",
  404: "TEMPORARILY_UNAVAILABLE",
  410: "TEMPORARILY_UNAVAILABLE",
};

function refusalOf(
  { status, headers, body }: TransportResponse,
  { header }: ManagedIdentitySource,
  now: number,
): OAuthError {
  const parsed = parseBody(body, headers["content-type"]);
  const fields = ownFields(parsed.ok ? parsed.value : {});
  const redactor = new Redactor([header]);
  const text = (value: unknown) => (typeof value === "string" ? redactor.line(value) : undefined);
  const error = text(fields["error"]);
  const errorDescription = text(fields["error_description"] ?? fields["message"]);
  const code = codeOfStatus(status) ?? CODES[status] ?? "PROVIDER_ERROR";
  const retryable = ["RATE_LIMITED", "SERVER_ERROR", "TEMPORARILY_UNAVAILABLE"].includes(code);
  const retryAfter = parseRetryAfter(headers["retry-after"], now);
  const advice = retryable
    ? "Try again later."
    : "Check that the identity is assigned to this machine, and the resource.";
  return new OAuthError(
    code,
    `The managed identity endpoint answered with status ${status}${error ? ` and ${error}` : ""}. ${advice}`,
    {
      provider: "microsoft",
      status,
      retryable,
      ...(error !== undefined && { error }),
      ...(errorDescription !== undefined && { errorDescription }),
      ...(retryAfter !== undefined && { retryAfter }),
    },
  );
}

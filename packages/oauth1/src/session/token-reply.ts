import { OAuthError } from "@grantkit/core";
import {
  ownFields,
  parseBody,
  parseRetryAfter,
  type Redactor,
  type TransportResponse,
} from "@grantkit/core/requests";
import { TokenRequestDenied } from "../errors.ts";
import { OAuth1Token } from "../token.ts";

/** What reading a token endpoint's reply needs to know. */
export interface ReplyReading {
  readonly provider: string;
  /** The endpoint's name in errors: "the request token endpoint". */
  readonly what: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly redactor: Redactor;
}

/** A token, and all fields of the reply. */
export interface TokenReply {
  readonly token: OAuth1Token;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Reads a reply with a token (RFC 5849 §2.1 and §2.3): a form, or JSON, which some providers send.
 *
 * @throws TokenRequestDenied for an error status, OAuthError with code `TOKEN_RESPONSE_INVALID` for a reply without a token.
 */
export function readTokenReply(reading: ReplyReading, response: TransportResponse): TokenReply {
  const { provider, what, now } = reading;
  const { status, headers, body } = response;
  if (status < 200 || status > 299) throw denied(reading, response);
  const unusable = (reason: string): OAuthError =>
    new OAuthError(
      "TOKEN_RESPONSE_INVALID",
      `${capitalized(what)} of ${provider} answered with status ${status}, and ${reason}. RFC 5849 requires a form (oauth_token=…&oauth_token_secret=…): check the URL and the provider's documentation.`,
      { provider, status },
    );
  const parsed = parseBody(body, headers["content-type"]);
  if (!parsed.ok) throw unusable(parsed.reason);
  const { oauth_token: key, oauth_token_secret: secret, oauth_problem: problem } = parsed.value;
  // Some providers refuse with status 200.
  if (key === undefined && textOf(problem)) throw denied(reading, response);
  if (typeof key !== "string" || key === "") throw unusable("there is no oauth_token in it");
  if (typeof secret !== "string") throw unusable("there is no oauth_token_secret in it");
  const wire = { ...parsed.value, oauth_token: key, oauth_token_secret: secret };
  return { token: OAuth1Token.from(wire, now), fields: parsed.value };
}

/** Whether a status is a transient failure: the server is busy or down. */
function isTransient(status: number): boolean {
  return status === 429 || status >= 500;
}

function denied(
  { provider, what, now, redactor }: ReplyReading,
  { status, headers, body }: TransportResponse,
): TokenRequestDenied {
  const said = explanationIn(body, headers);
  const error = said.error && redactor.line(said.error);
  const description = said.description && redactor.line(said.description);
  const retryAfter = parseRetryAfter(headers["retry-after"], now);
  const words = [error, description && `(${description.replace(/[.\s]+$/, "")})`]
    .filter(Boolean)
    .join(" ");
  return new TokenRequestDenied(
    `${capitalized(what)} of ${provider} gave no token: status ${status}${words && `, ${words}`}. ${adviceFor(status, error)}`,
    {
      provider,
      status,
      ...(error && { error }),
      ...(description && { errorDescription: description }),
      retryable: isTransient(status),
      retryAfter,
    },
  );
}

const ADVICE: Readonly<Record<string, string>> = {
  consumer_key_unknown: "Check clientKey.",
  nonce_used: "Send it again; if it is frequent, something repeats requests.",
  permission_denied:
    "The user said no, or your app may not do this: let them try again, or ask the provider to allow it.",
  permission_unknown:
    "The user has not answered yet: wait for them, or begin again with fetchRequestToken().",
  signature_invalid: "Check clientSecret, privateKey and signatureMethod.",
  signature_method_rejected: "Choose another signatureMethod.",
  timestamp_refused: "Set this machine's clock.",
  token_expired: "Begin again with fetchRequestToken().",
  token_rejected: "Begin again with fetchRequestToken().",
  token_used: "Begin again with fetchRequestToken().",
  verifier_invalid: "Let the user type the code again, or begin again with fetchRequestToken().",
};

function adviceFor(status: number, error: string | undefined): string {
  const known = error !== undefined && Object.hasOwn(ADVICE, error) ? ADVICE[error] : undefined;
  if (known) return known;
  if (isTransient(status)) return "The provider has trouble; try again later.";
  if (status >= 300 && status < 400)
    return "Check the URL: it redirects elsewhere, and a signature is for one URL.";
  if (status === 401) {
    return "Check clientKey, clientSecret and signatureMethod, the callback URL that is registered, and this machine's clock.";
  }
  return "See the provider's documentation.";
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** How a provider explains a failure. */
interface Explanation {
  readonly error?: string | undefined;
  readonly description?: string | undefined;
}

/** Reads an explanation by the problem reporting extension, in X's format, or as a line of text. */
function explanationIn(body: Uint8Array, headers: Readonly<Record<string, string>>): Explanation {
  const challenge = /\boauth_problem="?([\w-]{1,60})/.exec(headers["www-authenticate"] ?? "")?.[1];
  const type = headers["content-type"] ?? "";
  const parsed = parseBody(body, type);
  if (parsed.ok) return fieldsOfExplanation(parsed.value, challenge);
  const isText = /^text\/plain\b/i.test(type);
  // Uncut: half a secret would not be redacted. The redactor shortens it.
  const line = isText ? new TextDecoder().decode(body).trim() : "";
  return { error: challenge, description: line };
}

function fieldsOfExplanation(
  fields: Readonly<Record<string, unknown>>,
  challenge: string | undefined,
): Explanation {
  const { oauth_problem: problem, oauth_problem_advice: advice, errors } = ownFields(fields);
  const [first] = Array.isArray(errors) ? (errors as unknown[]) : [];
  const { code, message } = ownFields((first ?? {}) as Readonly<Record<string, unknown>>);
  return {
    error: textOf(problem) ?? challenge ?? textOf(code),
    description: textOf(advice) ?? textOf(message),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

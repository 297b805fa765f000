import type { ClientContext } from "../client-context.ts";
import { readForeignError } from "../endpoints/foreign-error.ts";
import type { OAuthErrorCode } from "../errors/error-codes.ts";
import { plainDetails, secretsOf } from "../errors/error-fields.ts";
import type { OAuthError } from "../errors/oauth-error.ts";
import { type ProviderErrorBody, providerError } from "../errors/provider-error.ts";
import { Redactor } from "../errors/redaction.ts";
import type { AuthorizationRequest } from "./request.ts";

/** Parameters that are no part of an error. */
const OTHERS = new Set(["code", "state", "iss", "scope"]);
/** Parameters of an error response (RFC 6749 §4.1.2.1). */
const STANDARD = ["error", "error_description", "error_uri"];
/** Parameters by which other providers say that the user said no; the value may be a token. */
const DENIED = /^(?:(?:access|user)?_?denied|cancell?ed)$/i;
/** Error words that mean the same. */
const DENIED_WORD = /denied|cancel/i;
/** Parameters by which other providers send an error. */
const ERROR = /^err(?:or)?s?(?:$|[_-]|code|message|msg|reason|description|type)/i;

/**
 * Reads the error in a callback: by RFC 6749 §4.1.2.1, and in a callback without code and token under other names too
 * (`error_code`, `error_message`, `denied`).
 *
 * @returns undefined for a callback without an error.
 */
export function errorOfCallback(
  { provider, secret }: ClientContext,
  parameters: URLSearchParams,
  request: AuthorizationRequest,
): OAuthError | undefined {
  const fields = Object.fromEntries([...parameters].filter(([name]) => !OTHERS.has(name)));
  const body = parameters.has("error") ? standardError(fields) : foreignError(parameters, fields);
  if (!body) return undefined;
  const { state, codeVerifier, nonce, redirectUri } = request;
  const code = parameters.get("code") ?? undefined;
  const secrets = [...secret.known, state, codeVerifier, nonce, code];
  return providerError(body, {
    provider: provider.name,
    what: "the authorization request",
    aliases: provider.errorAliases,
    fallback: body.fallback,
    advice: body.error.includes("redirect_uri")
      ? `This client sent ${redirectUri}: register it with ${provider.name}, letter by letter.`
      : undefined,
    redactor: new Redactor([...secrets, ...secretsOf(fields, body.error)]),
  });
}

type Fields = Readonly<Record<string, string>>;

interface CallbackError extends ProviderErrorBody {
  readonly fallback?: OAuthErrorCode;
}

function standardError(fields: Fields): CallbackError {
  return {
    error: fields["error"] || "error",
    errorDescription: fields["error_description"],
    errorUri: fields["error_uri"],
    details: plainDetails(Object.entries(fields).filter(([name]) => !STANDARD.includes(name))),
  };
}

function foreignError(parameters: URLSearchParams, fields: Fields): CallbackError | undefined {
  if (["code", "access_token", "id_token"].some((name) => parameters.has(name))) return undefined;
  const names = Object.keys(fields);
  const denied = names.find((name) => DENIED.test(name));
  if (denied === undefined && !names.some((name) => ERROR.test(name))) return undefined;
  const shown = Object.fromEntries(Object.entries(fields).filter(([name]) => !DENIED.test(name)));
  const read = readForeignError(shown, 0);
  const isDenial =
    denied !== undefined ||
    Object.entries(shown).some(([name, value]) => ERROR.test(name) && DENIED_WORD.test(value));
  return {
    ...read,
    error:
      read?.error === undefined || read.error === "status 0" ? (denied ?? "error") : read.error,
    ...(isDenial && { fallback: "ACCESS_DENIED" }),
  };
}

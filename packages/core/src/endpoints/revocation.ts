import type { ClientContext } from "../client-context.ts";
import { ConfigurationError, throwProblems } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { withoutAlias } from "../errors/error-aliases.ts";
import {
  isObject,
  mustBeOneOf,
  mustBeSignal,
  optionProblems,
  type OptionRules,
  isFilledText,
} from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";
import { isToken, type Token } from "../tokens/token.ts";
import { askEndpoint, type EndpointRequest } from "./authenticated-endpoint.ts";
import { parameterProblems } from "./endpoint-parameters.ts";

/** The half of a token that is meant (RFC 7009 §2.1). */
export type TokenTypeHint = "access_token" | "refresh_token";

/** Options of `revokeToken()` and `introspectToken()`. */
export interface TokenHintOptions {
  /**
   * Which half of a `Token` is meant, or which kind of token a string is.
   *
   * @defaultValue of a `Token`, `revokeToken()` revokes both halves and `introspectToken()` asks about the access token
   */
  readonly hint?: TokenTypeHint;
  /** Further form fields by the provider's own names; an array repeats the field. */
  readonly parameters?: Readonly<Record<string, string | readonly string[]>>;
  /** Aborts the request. */
  readonly signal?: AbortSignal;
}

/** Form fields that the client sets itself. */
const RESERVED = new Set([
  "client_assertion",
  "client_assertion_type",
  "client_id",
  "client_secret",
  "token",
  "token_type_hint",
]);

const RULES: OptionRules<TokenHintOptions> = {
  hint: mustBeOneOf("access_token", "refresh_token"),
  parameters: (value) => parameterProblems(value, RESERVED),
  signal: mustBeSignal,
};

const METHOD = "revokeToken()";

/**
 * Has the provider revoke a token (RFC 7009): the half that the hint names, or both, the refresh token first.
 *
 * @param onRefreshTokenRevoked - Called with a refresh token that the provider has revoked.
 * @throws OAuthError: why the provider could not be asked, or refused. Where the refresh token is revoked and the access
 * token is not, the message says so.
 */
export async function revokeToken(
  context: ClientContext,
  token: Token | string,
  options: TokenHintOptions = ownFields({}),
  onRefreshTokenRevoked?: (refreshToken: string) => void,
): Promise<void> {
  const usual =
    isToken(token) && token.refreshToken !== undefined ? "refresh_token" : "access_token";
  const chosen = chooseToken(context, METHOD, token, options, usual);
  const refused = await revokeHalf(context, chosen);
  const { token: text, token_type_hint: hint } = chosen.parameters;
  // Without a hint a string may be either; as a refresh token it is then remembered in vain.
  if (!refused && hint !== "access_token") onRefreshTokenRevoked?.(String(text));
  if (isToken(token) && options.hint === undefined && usual === "refresh_token") {
    const access = chooseToken(context, METHOD, token, options, "access_token");
    // A server that revokes refresh tokens alone is not an error: such access tokens live until they expire.
    await revokeHalf(context, access).catch((error: unknown) => {
      throw refused ? error : halfRevoked(error);
    });
  }
  if (refused) throw refused;
}

/** Revokes one half. Returns the server's answer that it does not revoke such tokens; other errors are thrown. */
async function revokeHalf(
  context: ClientContext,
  chosen: ChosenToken,
): Promise<OAuthError | undefined> {
  const request = { ...chosen, kind: "revocation", successes: [200, 204], bodyless: true } as const;
  try {
    await askEndpoint(context, request, () => undefined);
  } catch (error) {
    if (!OAuthError.isInstance(error)) throw error;
    if (error.code === "UNSUPPORTED_TOKEN_TYPE") return error;
    // RFC 7009 §2.2 answers an unknown or revoked token with success; some providers with an error.
    if (!isUnknownToken(context, error)) throw error;
  }
  return undefined;
}

function isUnknownToken({ provider }: ClientContext, { error = "", status }: OAuthError): boolean {
  return status === 400 && withoutAlias(error, provider.errorAliases) === "invalid_token";
}

/** Adds to the second request's error that the first request succeeded. */
function halfRevoked(error: unknown): unknown {
  if (!OAuthError.isInstance(error)) return error;
  const message = `The refresh token is revoked, the access token is not: it works until it expires or another call revokes it. ${error.message}`;
  return new OAuthError(error.code, message, error);
}

/** A token in a request about it. */
type ChosenToken = Pick<EndpointRequest, "parameters" | "secrets" | "signal">;

/**
 * Chooses the half of a token that is meant, and checks what else was passed.
 *
 * @param usual - The half of a `Token` that is meant where no hint says.
 * @throws ConfigurationError for bad options, and for a half that the token does not have.
 */
export function chooseToken(
  { provider }: ClientContext,
  method: string,
  token: Token | string,
  options: TokenHintOptions,
  usual: TokenTypeHint,
): ChosenToken {
  const problems = isObject(options)
    ? optionProblems(options, RULES)
    : ['options must be an object, for example { hint: "access_token" }'];
  const {
    hint = isToken(token) ? usual : undefined,
    parameters,
    signal,
  } = options ?? ownFields({});
  const half = hint === "refresh_token" ? "refreshToken" : "accessToken";
  const text: unknown = isToken(token) ? token[half] : token;
  if (isFilledText(text)) {
    throwProblems(method, problems, provider.name);
    return {
      parameters: { ...parameters, token: text, token_type_hint: hint },
      secrets: [text],
      signal,
    };
  }
  problems.push(
    isToken(token)
      ? "the token has no refresh token"
      : "token must be a Token, or a token as a string",
  );
  throw new ConfigurationError(method, problems, provider.name);
}

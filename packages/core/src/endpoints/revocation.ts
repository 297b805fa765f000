import type { ClientContext } from "../client-context.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { parameterProblems } from "./endpoint-parameters.ts";
import { unknownFields } from "../options/unknown-fields.ts";
import { isToken, type Token } from "../tokens/token.ts";
import { askEndpoint } from "./authenticated-endpoint.ts";

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

const OPTIONS = new Set(["hint", "parameters", "signal"]);
/** Form fields that the client sets itself. */
const RESERVED = new Set([
  "client_assertion",
  "client_assertion_type",
  "client_id",
  "client_secret",
  "token",
  "token_type_hint",
]);

/**
 * Has the provider revoke a token (RFC 7009): the half that the hint names, or both, the refresh token first.
 *
 * @throws OAuthError: why the provider could not be asked, or refused. Where the refresh token is revoked and the access
 * token is not, the message says so.
 */
export async function revokeToken(
  context: ClientContext,
  token: Token | string,
  options: TokenHintOptions = {},
): Promise<void> {
  const usual =
    isToken(token) && token.refreshToken !== undefined ? "refresh_token" : "access_token";
  const chosen = chooseToken(context, "revokeToken()", token, options, usual);
  const refused = await refusedKind(requestRevocation(context, chosen));
  if (isToken(token) && options.hint === undefined && usual === "refresh_token") {
    const access = { ...chosen, hint: "access_token", text: token.accessToken } as const;
    // A server that revokes refresh tokens alone is not an error: such access tokens live until they expire.
    await refusedKind(requestRevocation(context, access)).catch((error: unknown) => {
      throw refused ? error : halfRevoked(error);
    });
  }
  if (refused) throw refused;
}

async function requestRevocation(
  context: ClientContext,
  { parameters, text, hint, signal }: ChosenToken,
): Promise<void> {
  await askEndpoint(
    context,
    {
      kind: "revocation",
      parameters: { ...parameters, token: text, token_type_hint: hint },
      secrets: [text],
      signal,
      successes: [200, 204],
      bodyless: true,
    },
    () => ({}),
  ).catch((error: unknown) => {
    if (!isOfDeadToken(error)) throw error;
  });
}

/** RFC 7009 §2.2 answers a token that is unknown or revoked already with success; some providers with an error. */
function isOfDeadToken(error: unknown): boolean {
  return OAuthError.isInstance(error) && error.error === "invalid_token" && error.status === 400;
}

/** The server's answer that it does not revoke this kind of token, if that is its answer; other errors are thrown. */
async function refusedKind(revocation: Promise<void>): Promise<OAuthError | undefined> {
  try {
    await revocation;
  } catch (error) {
    if (OAuthError.isInstance(error) && error.code === "UNSUPPORTED_TOKEN_TYPE") return error;
    throw error;
  }
  return undefined;
}

/** Adds to the second request's error that the first request succeeded. */
function halfRevoked(error: unknown): unknown {
  if (!OAuthError.isInstance(error)) return error;
  return new OAuthError(
    error.code,
    `The refresh token is revoked, the access token is not: it works until it expires or another call revokes it. ${error.message}`,
    error,
  );
}

/** A token that a provider is asked about, and how. */
interface ChosenToken extends Omit<TokenHintOptions, "hint"> {
  readonly text: string;
  readonly hint: TokenTypeHint | undefined;
}

/**
 * Chooses the half of a token that is meant, and checks what else was passed.
 *
 * @param usual - The half of a `Token` that is meant where no hint says.
 */
export function chooseToken(
  { provider }: ClientContext,
  method: string,
  token: Token | string,
  options: TokenHintOptions,
  usual: TokenTypeHint,
): ChosenToken {
  const problems = optionProblems(options);
  const hint = options?.hint ?? (isToken(token) ? usual : undefined);
  const text = isToken(token)
    ? token[hint === "refresh_token" ? "refreshToken" : "accessToken"]
    : token;
  if (typeof text !== "string" || text === "") {
    problems.push(
      isToken(token)
        ? "the token has no refresh token"
        : "token must be a Token, or a token as a string",
    );
  }
  if (problems.length > 0) throw new ConfigurationError(method, problems, provider.name);
  return { ...options, text: text as string, hint };
}

function optionProblems(options: TokenHintOptions): string[] {
  if (typeof options !== "object" || options === null) {
    return ['options must be an object, for example { hint: "access_token" }'];
  }
  const { hint, parameters } = options;
  const problems = unknownFields(options, OPTIONS, "");
  problems.push(...parameterProblems(parameters, RESERVED));
  if (![undefined, "access_token", "refresh_token"].includes(hint)) {
    problems.push('hint must be "access_token" or "refresh_token"');
  }
  return problems;
}

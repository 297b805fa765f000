import type { ClientContext } from "../client-context.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { unknownFields } from "../provider-problems.ts";
import { Token } from "../tokens/token.ts";
import { askEndpoint } from "./authenticated-endpoint.ts";

/** Which half of a token is meant (RFC 7009 §2.1). */
export type TokenTypeHint = "access_token" | "refresh_token";

/** How a provider is asked about a token, or asked to revoke it. */
export interface TokenQuestionOptions {
  /** Which half of a `Token` is meant, or which kind of token a string is. */
  readonly hint?: TokenTypeHint;
  /** Further form fields by the provider's own names; an array repeats the field. */
  readonly parameters?: Readonly<Record<string, string | readonly string[]>>;
  /** Gives up the request. */
  readonly signal?: AbortSignal;
}

const OPTIONS = new Set(["hint", "parameters", "signal"]);
/** What the SDK writes into these requests. */
const RESERVED = new Set([
  "client_assertion",
  "client_assertion_type",
  "client_id",
  "client_secret",
  "token",
  "token_type_hint",
]);

/** Has the provider revoke a token (RFC 7009): of a `Token` the refresh token, where there is one, and all that came of it. */
export async function revokeToken(
  context: ClientContext,
  token: Token | string,
  options: TokenTypeHint | TokenQuestionOptions = {},
): Promise<void> {
  const chosen = chooseToken(context, "revokeToken()", token, options);
  await askEndpoint(
    context,
    {
      kind: "revocation",
      parameters: { ...chosen.parameters, token: chosen.text, token_type_hint: chosen.hint },
      secrets: [chosen.text],
      signal: chosen.signal,
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

/** The half of a token that is meant, its name, and what else was said. */
export function chooseToken(
  { provider }: ClientContext,
  method: string,
  token: Token | string,
  asked: TokenTypeHint | TokenQuestionOptions,
  usual: (token: Token) => TokenTypeHint = defaultHalf,
): Omit<TokenQuestionOptions, "hint"> & {
  readonly text: string;
  readonly hint: TokenTypeHint | undefined;
} {
  const options = typeof asked === "string" ? { hint: asked } : asked;
  const { hint, parameters, signal } = options;
  const problems = unknownFields(options, OPTIONS, "");
  for (const name of Object.keys(parameters ?? {})) {
    if (RESERVED.has(name)) problems.push(`parameters.${name} is set by the client itself`);
  }
  if (hint !== undefined && hint !== "access_token" && hint !== "refresh_token") {
    problems.push('hint must be "access_token" or "refresh_token"');
  }
  const isToken = token instanceof Token;
  const half = isToken ? (hint ?? usual(token)) : hint;
  const text = isToken ? halfOf(token, half) : (token as unknown);
  if (typeof text !== "string" || text === "") {
    problems.push(
      isToken ? "the token has no refresh token" : "token must be a Token, or a token as a string",
    );
  }
  if (problems.length > 0) throw new ConfigurationError(method, problems, provider.name);
  return {
    text: text as string,
    hint: half,
    ...(parameters && { parameters }),
    ...(signal && { signal }),
  };
}

function defaultHalf({ refreshToken }: Token): TokenTypeHint {
  return refreshToken === undefined ? "access_token" : "refresh_token";
}

function halfOf(token: Token, half: TokenTypeHint | undefined): string | undefined {
  return half === "refresh_token" ? token.refreshToken : token.accessToken;
}

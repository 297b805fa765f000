import type { ClientContext } from "../client-context.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { parameterProblems } from "./endpoint-parameters.ts";
import { unknownFields } from "../options/unknown-fields.ts";
import { isToken, type Token } from "../tokens/token.ts";
import { askEndpoint } from "./authenticated-endpoint.ts";

/** Which half of a token is meant (RFC 7009 §2.1). */
export type TokenTypeHint = "access_token" | "refresh_token";

/** How a provider is asked about a token, or asked to revoke it. */
export interface TokenHintOptions {
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
  options: TokenTypeHint | TokenHintOptions = {},
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

/** A token that a provider is asked about, and how. */
interface ChosenToken extends Omit<TokenHintOptions, "hint"> {
  readonly text: string;
  readonly hint: TokenTypeHint | undefined;
}

/**
 * The half of a token that is meant, its name, and what else was said.
 *
 * @param usual - The half that is meant where nobody says; the refresh token, where there is one, when absent.
 */
export function chooseToken(
  { provider }: ClientContext,
  method: string,
  token: Token | string,
  asked: TokenTypeHint | TokenHintOptions,
  usual?: TokenTypeHint,
): ChosenToken {
  const options = typeof asked === "string" ? { hint: asked } : asked;
  const problems = optionProblems(options);
  const { hint, text } = halfOf(token, options.hint, usual);
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
  const { hint, parameters } = options;
  const problems = unknownFields(options, OPTIONS, "");
  problems.push(...parameterProblems(parameters, RESERVED));
  if (![undefined, "access_token", "refresh_token"].includes(hint)) {
    problems.push('hint must be "access_token" or "refresh_token"');
  }
  return problems;
}

function halfOf(
  token: Token | string,
  named: TokenTypeHint | undefined,
  usual: TokenTypeHint | undefined,
): { readonly hint: TokenTypeHint | undefined; readonly text: string | undefined } {
  if (!isToken(token)) return { hint: named, text: token };
  const { accessToken, refreshToken } = token;
  const newest = refreshToken === undefined ? "access_token" : "refresh_token";
  const hint = named ?? usual ?? newest;
  return { hint, text: hint === "refresh_token" ? refreshToken : accessToken };
}

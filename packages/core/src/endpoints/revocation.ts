import type { ClientContext } from "../client-context.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { Token } from "../tokens/token.ts";
import { askEndpoint } from "./authenticated-endpoint.ts";

/** Which half of a token is meant (RFC 7009 §2.1). */
export type TokenTypeHint = "access_token" | "refresh_token";

/** Has the provider revoke a token (RFC 7009): of a `Token` the refresh token, where there is one, and all that came of it. */
export async function revokeToken(
  context: ClientContext,
  token: Token | string,
  hint?: TokenTypeHint,
): Promise<void> {
  const chosen = chooseToken(context, "revokeToken()", token, hint);
  await askEndpoint(
    context,
    {
      kind: "revocation",
      parameters: { token: chosen.text, token_type_hint: chosen.hint },
      secrets: [chosen.text],
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

/** The half of a token that is meant, and its name. */
export function chooseToken(
  { provider }: ClientContext,
  method: string,
  token: Token | string,
  hint: TokenTypeHint | undefined,
): { readonly text: string; readonly hint: TokenTypeHint | undefined } {
  const problems: string[] = [];
  if (hint !== undefined && hint !== "access_token" && hint !== "refresh_token") {
    problems.push('hint must be "access_token" or "refresh_token"');
  }
  const isToken = token instanceof Token;
  const half = isToken ? (hint ?? defaultHalf(token)) : hint;
  const text = isToken ? halfOf(token, half) : (token as unknown);
  if (typeof text !== "string" || text === "") {
    problems.push(
      isToken ? "the token has no refresh token" : "token must be a Token, or a token as a string",
    );
  }
  if (problems.length > 0) throw new ConfigurationError(method, problems, provider.name);
  return { text: text as string, hint: half };
}

function defaultHalf({ refreshToken }: Token): TokenTypeHint {
  return refreshToken === undefined ? "access_token" : "refresh_token";
}

function halfOf(token: Token, half: TokenTypeHint | undefined): string | undefined {
  return half === "refresh_token" ? token.refreshToken : token.accessToken;
}

import type { ClientContext } from "../client-context.ts";
import { must, type OptionRules, isFilledText } from "../options/option-rules.ts";
import type { Token } from "../tokens/token.ts";
import { redeemCode } from "./authorization-code.ts";
import { GRANT_RULES, type GrantOptions, grantParameters } from "./grant-parameters.ts";

/** Options of the exchange of a code that this client did not ask for. */
export interface CodeBegunElsewhereOptions extends Omit<GrantOptions, "scope"> {
  /**
   * The redirect URI that the code was asked for with, letter by letter: the phone's own, `"postmessage"` for a popup,
   * or `""` where there was none.
   */
  readonly redirectUri: string;
  /** The PKCE verifier of whoever asked for the code (RFC 7636 §4.1); leave it out only if there was no challenge. */
  readonly codeVerifier?: string;
  /** The nonce that the code was asked for with. The token response must then have an ID token with it. */
  readonly nonce?: string;
  /**
   * The scopes that the code was asked for with. They are not sent: `token.scopeChange` compares them with the granted ones,
   * and with `openid` among them there must be an ID token.
   */
  readonly scope?: readonly string[];
}

const RULES: OptionRules<CodeBegunElsewhereOptions> = {
  ...GRANT_RULES,
  redirectUri: (value, name) =>
    value === undefined
      ? [
          `${name} is missing: pass the one that the code was asked for with, "postmessage" for a popup`,
        ]
      : mustBeSent(value, name, {}),
  codeVerifier: must(
    "be the PKCE verifier: 43 to 128 letters, digits and -._~ (RFC 7636 §4.1)",
    (value) => typeof value === "string" && /^[\w.~-]{43,128}$/.test(value),
  ),
  nonce: must("be the nonce that was sent", isFilledText),
};

const mustBeSent = must(
  "be a string without white space, as it was sent",
  (value) => typeof value === "string" && /^[\x21-\x7e]*$/.test(value),
);

/**
 * Exchanges a code that somebody else asked for: there is no callback to check, and no state.
 *
 * @throws ConfigurationError that lists every problem; otherwise as a sign-in does after its callback.
 */
export async function redeemForeignCode(
  context: ClientContext,
  code: string,
  options: CodeBegunElsewhereOptions,
): Promise<Token> {
  const { redirectUri, codeVerifier, nonce, scope, signal } = options;
  const { scope: _notSent, ...parameters } = grantParameters(
    context,
    "fetchTokenByCode()",
    options,
    RULES,
    [...codeProblems(code), ...contextProblems(context, options)],
  );
  return await redeemCode(context, {
    code,
    issuer: undefined,
    kept: {},
    redirectUri,
    codeVerifier,
    parameters,
    idToken: {
      ...(nonce !== undefined && {
        request: { nonce },
        requiredBecause: "and the nonce cannot be checked without it",
      }),
      ...(scope !== undefined && { requestedScope: scope }),
      signal,
    },
  });
}

function codeProblems(code: unknown): string[] {
  if (typeof code === "string" && /^[a-z][\w+.-]*:\/\//i.test(code)) {
    return [
      "code is a URL: pass the callback of a sign-in to fetchToken(), with the request that began it",
    ];
  }
  const isCode = typeof code === "string" && /^[\x20-\x7e]+$/.test(code);
  return isCode ? [] : ["code must be the authorization code as the provider issued it"];
}

/** Lists the problems that depend on the client's provider. */
function contextProblems(
  { provider, idTokens }: ClientContext,
  { codeVerifier, nonce, scope }: CodeBegunElsewhereOptions,
): string[] {
  const problems = idTokens.scopeProblems(scope);
  if (codeVerifier !== undefined && provider.pkce === false) {
    problems.push("codeVerifier cannot be sent: the provider's definition has pkce: false");
  }
  if (isFilledText(nonce) && !idTokens.supported) {
    problems.push(
      "nonce needs a provider with issuer and endpoints.jwks: it is checked in the ID token",
    );
  }
  return problems;
}

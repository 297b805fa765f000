import type { ClientContext } from "../client-context.ts";
import {
  anything,
  must,
  type OptionRule,
  type OptionRules,
  isFilledText,
} from "../options/option-rules.ts";
import { isToken, type Token } from "../tokens/token.ts";
import { GRANT_RULES, type GrantOptions, grantParameters } from "./grant-parameters.ts";
import { grantedClaims, grantedToken } from "./granted-token.ts";
import { requestTokens } from "./token-endpoint.ts";

const GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
const PREFIX = "urn:ietf:params:oauth:token-type:";

/** A kind of token (RFC 8693 §3): a short name, or a URI of the provider's. */
export type TokenTypeName =
  "access_token" | "refresh_token" | "id_token" | "saml1" | "saml2" | "jwt" | (string & {});

/** Options of a token exchange. */
export interface TokenExchangeOptions extends GrantOptions {
  /** The token of the party on whose behalf the request is made; of a {@link Token} the part that its kind names. */
  readonly subjectToken: string | Token;
  /**
   * The kind of the subject token.
   *
   * @defaultValue `"access_token"`
   */
  readonly subjectTokenType?: TokenTypeName;
  /** The token of the acting party, for delegation. */
  readonly actorToken?: string | Token;
  /**
   * The kind of the actor token.
   *
   * @defaultValue `"access_token"` when there is an actor token
   */
  readonly actorTokenType?: TokenTypeName;
  /**
   * The kind of token to get.
   *
   * @defaultValue the provider's choice
   */
  readonly requestedTokenType?: TokenTypeName;
  /** The name of the service that the token is for, or several. */
  readonly audience?: string | readonly string[];
}

const kind = must("be a short name or a URI (RFC 8693 §3)", (value) => typeof value === "string");

/** Makes the rule of a token whose kind another option names. */
const tokenOfKind =
  (kindOption: string): OptionRule =>
  (value, name, { [kindOption]: type = "access_token" }) =>
    textOf(value, type as TokenTypeName)
      ? []
      : [`${name} must be a token, or a Token with ${String(type)}`];

const mustBeActor = tokenOfKind("actorTokenType");

const RULES: OptionRules<TokenExchangeOptions> = {
  ...GRANT_RULES,
  subjectToken: tokenOfKind("subjectTokenType"),
  subjectTokenType: kind,
  actorToken: (value, name, options) =>
    value === undefined ? [] : mustBeActor(value, name, options),
  actorTokenType: (value, name, options) =>
    value !== undefined && options["actorToken"] === undefined
      ? ["actorTokenType needs actorToken (RFC 8693 §2.1)"]
      : kind(value, name, options),
  requestedTokenType: kind,
  audience: anything,
};

/** Exchanges a token for another (RFC 8693 §2). */
export async function exchangeForToken(
  context: ClientContext,
  options: TokenExchangeOptions,
): Promise<Token> {
  const {
    scope,
    audience,
    subjectToken,
    subjectTokenType = "access_token",
    actorToken,
    actorTokenType = "access_token",
  } = options;
  const shared = grantParameters(context, "exchangeToken()", options, RULES);
  const subject = textOf(subjectToken, subjectTokenType);
  const actor = textOf(actorToken, actorTokenType);
  const granted = await requestTokens(context, {
    grant: GRANT,
    parameters: {
      subject_token: subject,
      subject_token_type: uriOf(subjectTokenType),
      actor_token: actor,
      actor_token_type: actor && uriOf(actorTokenType),
      requested_token_type: options.requestedTokenType && uriOf(options.requestedTokenType),
      audience,
      ...shared,
    },
    secrets: [subject, actor],
    notAccessToken: true,
    advice: { INVALID_GRANT: "Check the subject token and the actor token, and their kinds." },
    signal: options.signal,
  });
  const claims = await grantedClaims(context, granted, { signal: options.signal });
  return grantedToken(context, granted, { requestedScope: scope, claims });
}

/** Gives the part of a token that its kind names. */
function textOf(token: unknown, type: TokenTypeName): string | undefined {
  if (isToken(token)) {
    if (type === "id_token") return token.idToken;
    return type === "refresh_token" ? token.refreshToken : token.accessToken;
  }
  return isFilledText(token) ? token : undefined;
}

function uriOf(type: TokenTypeName): string {
  return type.includes(":") ? type : `${PREFIX}${type}`;
}

import type { ClientContext } from "../client-context.ts";
import { throwProblems } from "../errors/configuration-error.ts";
import {
  anything,
  must,
  optionProblems,
  type OptionRules,
  isFilledText,
} from "../options/option-rules.ts";
import { definedFields } from "../options/own-fields.ts";
import { isToken, type Token } from "../tokens/token.ts";
import { missingEndpoint } from "./missing-endpoint.ts";

/** Options of the URL at which a user signs out of the provider (OpenID Connect RP-Initiated Logout §2). */
export interface LogoutOptions {
  /** The ID token of the sign-in, or the token that has it: with it the provider ends the session without asking. */
  readonly idToken?: string | Token;
  /** Where the provider sends the user afterwards, as registered with it. */
  readonly postLogoutRedirectUri?: string;
  /** A value that comes back with the user; compare it if your page does anything. */
  readonly state?: string;
  /** The user, where there is no ID token. */
  readonly logoutHint?: string;
  /** Languages for the provider's page, in order of preference. */
  readonly uiLocales?: readonly string[];
}

const RULES: OptionRules<LogoutOptions> = {
  idToken: must("be an ID token, or a Token that has one", (value) =>
    isFilledText(isToken(value) ? value.idToken : value),
  ),
  postLogoutRedirectUri: must(
    "be an absolute URL",
    (value) => typeof value === "string" && URL.canParse(value),
  ),
  state: anything,
  logoutHint: anything,
  uiLocales: anything,
};

/** Builds the URL at which a user signs out of the provider (OpenID Connect RP-Initiated Logout §2). */
export function buildLogoutUrl(
  { provider, clientId }: ClientContext,
  options: LogoutOptions,
): string {
  const { idToken, postLogoutRedirectUri, state, logoutHint, uiLocales } = options;
  const { endSession } = provider.endpoints;
  const problems = optionProblems(options, RULES);
  if (endSession === undefined) {
    problems.push(missingEndpoint(provider, "endSession"));
  }
  throwProblems("logoutUrl()", problems, provider.name);
  const url = new URL(endSession as string);
  const parameters = definedFields({
    id_token_hint: isToken(idToken) ? idToken.idToken : idToken,
    client_id: clientId,
    post_logout_redirect_uri: postLogoutRedirectUri,
    state,
    logout_hint: logoutHint,
    ui_locales: uiLocales?.join(" "),
  });
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

import type { ClientContext } from "../client-context.ts";
import { throwProblems } from "../errors/configuration-error.ts";
import { anything, must, optionProblems, type OptionRules } from "../options/option-rules.ts";
import { isToken, type Token } from "../tokens/token.ts";

/** What the provider is told when a user signs out of it. */
export interface LogoutOptions {
  /** The ID token of the sign-in, or the token that has it: by it the provider knows whose session ends, without asking. */
  readonly idToken?: string | Token;
  /** Where the provider sends the user afterwards, as registered with it. */
  readonly postLogoutRedirectUri?: string;
  /** Comes back with the user; compare it if the way back does anything. */
  readonly state?: string;
  /** Which user, where there is no ID token. */
  readonly logoutHint?: string;
  /** Languages for the provider's page, in order of preference. */
  readonly uiLocales?: readonly string[];
}

const RULES: OptionRules<LogoutOptions> = {
  idToken: must("be an ID token, or a Token that has one", (value) =>
    isText(isToken(value) ? value.idToken : value),
  ),
  postLogoutRedirectUri: must(
    "be an absolute URL",
    (value) => typeof value === "string" && URL.canParse(value),
  ),
  state: anything,
  logoutHint: anything,
  uiLocales: anything,
};

/** Builds the URL to send a user to who signs out of the provider as well (OpenID Connect RP-Initiated Logout §2). */
export function buildLogoutUrl(context: ClientContext, options: LogoutOptions): string {
  const { provider, clientId } = context;
  const { idToken, postLogoutRedirectUri, state, logoutHint, uiLocales } = options;
  const { endSession } = provider.endpoints;
  const problems = optionProblems(options, RULES);
  if (endSession === undefined) {
    problems.push("endpoints.endSession is missing: the provider has none, or it was left out");
  }
  throwProblems("logoutUrl()", problems, provider.name);
  const url = new URL(endSession as string);
  const parameters = {
    id_token_hint: isToken(idToken) ? idToken.idToken : idToken,
    client_id: clientId,
    post_logout_redirect_uri: postLogoutRedirectUri,
    state,
    logout_hint: logoutHint,
    ui_locales: uiLocales?.join(" "),
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

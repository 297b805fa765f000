import type { ClientContext } from "../client-context.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { unknownFields } from "../options/unknown-fields.ts";
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

const OPTIONS = new Set(["idToken", "postLogoutRedirectUri", "state", "logoutHint", "uiLocales"]);

/** Where to send a user who signs out of the provider as well (OpenID Connect RP-Initiated Logout §2). */
export function buildLogoutUrl(context: ClientContext, options: LogoutOptions): string {
  const { provider, clientId } = context;
  const { idToken, postLogoutRedirectUri, state, logoutHint, uiLocales } = options;
  const hint = isToken(idToken) ? idToken.idToken : idToken;
  const { endSession } = provider.endpoints;
  const problems = unknownFields(options, OPTIONS, "");
  if (endSession === undefined) {
    problems.push("endpoints.endSession is missing: the provider has none, or it was left out");
  }
  if (postLogoutRedirectUri !== undefined && !URL.canParse(postLogoutRedirectUri)) {
    problems.push("postLogoutRedirectUri must be an absolute URL");
  }
  if (idToken !== undefined && !isText(hint)) problems.push("idToken has no ID token in it");
  if (endSession === undefined || problems.length > 0) {
    throw new ConfigurationError("logoutUrl()", problems, provider.name);
  }
  const url = new URL(endSession);
  const parameters = {
    id_token_hint: hint,
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

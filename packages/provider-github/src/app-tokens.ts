import { ConfigurationError, type OAuth2Client, Token, type TokenRecord } from "@grantkit/core";
import {
  type ApiCallAnswer,
  basicCredentials,
  checkedOptions,
  clientIdOf,
  clientSecretOf,
  clockOf,
  matches,
  must,
  ownFields,
  type OptionRules,
  readDate,
  readFields,
  readId,
  readText,
  readTexts,
} from "@grantkit/core/requests";
import { gitHubApiError } from "./api-error.ts";
import {
  type InstallationTokenOptions,
  NARROWING_RULES,
  narrowingOf,
} from "./installation-token.ts";
import { callGitHub, isGitHubs404, type RestCall } from "./rest-call.ts";

/** What GitHub says about a token of your app. */
export interface GitHubTokenInfo {
  /** The granted scopes. */
  readonly scope: readonly string[];
  /** The user's ID, as in `profile().id`. */
  readonly userId: string | undefined;
  /** The user's name at GitHub, which can change. */
  readonly username: string | undefined;
  /** When the token was issued. */
  readonly createdAt: Date | undefined;
  /** When it expires; undefined for a token that does not. */
  readonly expiresAt: Date | undefined;
  /** GitHub's whole answer, without the token. */
  readonly raw: Readonly<Record<string, unknown>>;
}

const ADVICE: NonNullable<RestCall["advice"]> = {
  "bad-credentials": "Check clientId and clientSecret.",
  "not-found": "GitHub does not know the token: it has expired, was revoked, or is another app's.",
};

/**
 * Asks GitHub about a token.
 *
 * @returns undefined for a token that is not the app's, or no longer.
 */
export async function checkAppToken(
  client: OAuth2Client,
  token: Token,
): Promise<GitHubTokenInfo | undefined> {
  const call = { method: "POST", url: "token", what: "the check of a token" };
  const answer = await callAboutToken(client, token, call).catch((caught: unknown) => {
    const { status, error, errorUri } = gitHubApiError(caught) ?? {};
    if (isGitHubs404(status, error, errorUri)) return undefined;
    throw caught;
  });
  if (!answer) return undefined;
  const { token: _token, ...raw } = answer.fields();
  const { id, login } = readFields(raw["user"]);
  return {
    scope: readTexts(raw["scopes"]) ?? [],
    userId: readId(id),
    username: readText(login),
    createdAt: readDate(raw["created_at"]),
    expiresAt: readDate(raw["expires_at"]),
    raw,
  };
}

/** Replaces a token by a new one. */
export async function resetAppToken(client: OAuth2Client, token: Token): Promise<Token> {
  const call = { method: "PATCH", url: "token", what: "the reset of a token" };
  const answer = await callAboutToken(client, token, call);
  return Token.from({ ...token.toJSON(), ...fieldsOf(client, answer) });
}

/** What a user's token is narrowed to, and the account that it is for. */
export interface ScopedTokenOptions extends InstallationTokenOptions {
  /** The name of the user or organization that the token is for. Pass this or `targetId`. */
  readonly target?: string;
  /** The ID of that account. */
  readonly targetId?: number;
}

const mustBeLogin = must("be the name of a user or organization", matches(/^[\w-]+$/));

const RULES: OptionRules<ScopedTokenOptions> = {
  ...NARROWING_RULES,
  target: (value, name, options) =>
    (value === undefined) === (options["targetId"] === undefined)
      ? ["pass either target or targetId"]
      : mustBeLogin(value, name, options),
  targetId: must("be the ID of a user or organization", (value) => Number.isSafeInteger(value)),
};

/** Makes a user's token that may do less. */
export async function scopeAppToken(
  client: OAuth2Client,
  token: Token,
  given: ScopedTokenOptions,
): Promise<Token> {
  const options = checkedOptions("fetchScopedToken()", given, RULES, "github");
  const { target, targetId } = options;
  const answer = await callAboutToken(client, token, {
    method: "POST",
    url: "token/scoped",
    json: { target, target_id: targetId, ...narrowingOf(options) },
    what: "the request for a scoped token",
    advice: {
      "validation-failed": "Ask only for what both the user and the account have granted.",
    },
  });
  return Token.from(fieldsOf(client, answer));
}

/** Reads the token that GitHub issued in its answer. */
function fieldsOf(client: OAuth2Client, { fields, unusable }: ApiCallAnswer): TokenRecord {
  const { token, expires_at: end } = fields();
  const accessToken = readText(token);
  if (accessToken === undefined) throw unusable("token");
  return { accessToken, issuedAt: clockOf(client).now(), expiresAt: readDate(end) };
}

/** Calls GitHub's API about a token of the app, with the app's ID and secret (HTTP Basic). */
async function callAboutToken(
  client: OAuth2Client,
  token: Token,
  given: RestCall,
): Promise<ApiCallAnswer> {
  const call = ownFields(given);
  const secret = await clientSecretOf(client);
  if (secret === undefined) {
    const problem = "the client needs a clientSecret: GitHub answers the authenticated app only";
    throw new ConfigurationError(call.what, [problem], "github");
  }
  const clientId = clientIdOf(client);
  return callGitHub(client.session(token, { refresh: "manual" }), {
    ...call,
    url: `/applications/${encodeURIComponent(clientId)}/${call.url}`,
    json: { ...call.json, access_token: token.accessToken },
    authorization: `Basic ${basicCredentials(clientId, secret)}`,
    secrets: [secret],
    refused: "INVALID_CLIENT",
    advice: { ...ADVICE, ...call.advice },
  });
}

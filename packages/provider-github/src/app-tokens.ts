import {
  ConfigurationError,
  OAuthError,
  type OAuth2Client,
  Token,
  type TokenRecord,
} from "@grantkit/core";
import {
  clientIdOf,
  clientSecretOf,
  clockOf,
  isObject,
  must,
  optionProblems,
  type OptionRules,
  ownFields,
} from "@grantkit/core/requests";
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

type AppTokenCall = Pick<RestCall, "method" | "what" | "advice" | "isAbsent"> & {
  readonly path: "token" | "token/scoped";
  readonly json?: object;
};

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
  const what = "the check of a token";
  const answer = await callAboutToken(client, token, {
    method: "POST",
    path: "token",
    what,
    isAbsent: isGitHubs404,
  });
  if (!answer) return undefined;
  const { token: _token, ...raw } = answer;
  const { id, login } = ownFields(isObject(raw["user"]) ? raw["user"] : {});
  const { scopes } = raw;
  return {
    scope: Array.isArray(scopes) ? scopes.filter((name) => typeof name === "string") : [],
    userId: typeof id === "number" || typeof id === "string" ? String(id) : undefined,
    username: typeof login === "string" ? login : undefined,
    createdAt: dateOf(raw["created_at"]),
    expiresAt: dateOf(raw["expires_at"]),
    raw,
  };
}

/** Replaces a token by a new one. */
export async function resetAppToken(client: OAuth2Client, token: Token): Promise<Token> {
  const what = "the reset of a token";
  const answer = await callAboutToken(client, token, { method: "PATCH", path: "token", what });
  return Token.from({ ...token.toJSON(), ...fieldsOf(client, answer, what) });
}

/** What a user's token is narrowed to, and the account that it is for. */
export interface ScopedTokenOptions extends InstallationTokenOptions {
  /** The name of the user or organization that the token is for. Pass this or `targetId`. */
  readonly target?: string;
  /** The ID of that account. */
  readonly targetId?: number;
}

const RULES: OptionRules<ScopedTokenOptions> = {
  ...NARROWING_RULES,
  target: (value, name, { targetId }) => {
    if ((value === undefined) === (targetId === undefined))
      return ["pass either target or targetId"];
    return value === undefined || (typeof value === "string" && /^[\w-]+$/.test(value))
      ? []
      : [`${name} must be the name of a user or organization`];
  },
  targetId: must("be the ID of a user or organization", (value) => Number.isSafeInteger(value)),
};

/** Makes a user's token that may do less. */
export async function scopeAppToken(
  client: OAuth2Client,
  token: Token,
  options: ScopedTokenOptions,
): Promise<Token> {
  const problems = optionProblems(options, RULES);
  if (problems.length > 0) throw new ConfigurationError("fetchScopedToken()", problems, "github");
  const { target, targetId } = options;
  const what = "the request for a scoped token";
  const answer = await callAboutToken(client, token, {
    method: "POST",
    path: "token/scoped",
    json: {
      ...(target === undefined ? { target_id: targetId } : { target }),
      ...narrowingOf(options),
    },
    what,
    advice: {
      "validation-failed": "Ask only for what both the user and the account have granted.",
    },
  });
  return Token.from(fieldsOf(client, answer, what));
}

/** Reads the token that GitHub issued in its answer. */
function fieldsOf(
  client: OAuth2Client,
  answer: Readonly<Record<string, unknown>> | undefined,
  what: string,
): TokenRecord {
  const { token: accessToken, expires_at: end } = answer ?? {};
  if (typeof accessToken !== "string" || accessToken === "") {
    const message = `GitHub's answer to ${what} has no token. Check the options host and endpoints.`;
    throw new OAuthError("TOKEN_RESPONSE_INVALID", message, { provider: "github" });
  }
  return { accessToken, issuedAt: clockOf(client).now(), expiresAt: dateOf(end) };
}

function dateOf(value: unknown): Date | undefined {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time);
}

/** Calls GitHub's API about a token of the app, with the app's ID and secret (HTTP Basic). */
async function callAboutToken(
  client: OAuth2Client,
  token: Token,
  given: AppTokenCall,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { path, json, advice, ...call } = ownFields(given);
  const secret = await clientSecretOf(client);
  if (secret === undefined) {
    const problem = "the client needs a clientSecret: GitHub answers the authenticated app only";
    throw new ConfigurationError(call.what, [problem], "github");
  }
  const clientId = clientIdOf(client);
  const bytes = new TextEncoder().encode(`${clientId}:${secret}`);
  const { accessToken, refreshToken } = token;
  return callGitHub(client.session(token, { refresh: "manual" }), {
    ...call,
    path: `/applications/${encodeURIComponent(clientId)}/${path}`,
    json: { ...json, access_token: accessToken },
    authorization: `Basic ${btoa(String.fromCharCode(...bytes))}`,
    secrets: [secret, accessToken, refreshToken],
    refused: "INVALID_CLIENT",
    advice: { ...ADVICE, ...advice },
    now: () => clockOf(client).now(),
  });
}

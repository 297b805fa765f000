import { type OAuth2Client, OAuthError, Token, type TokenRecord } from "@grantkit/core";
import {
  clientIdOf,
  type Fields,
  isFilledText,
  optionProblems,
  type OptionRules,
  readFields,
  readId,
  readList,
  readTexts,
  readUnixTime,
  throwProblems,
} from "@grantkit/core/requests";
import { appSecretOf } from "./app-secret.ts";
import { callGraph } from "./graph-call.ts";
import { type FacebookErrorReason, readGraphError } from "./graph-error.ts";

/** What Facebook says about a token. */
export interface DebuggedToken {
  /** Whether the token works. It may be another app's: compare `appId`. */
  readonly isValid: boolean;
  /** The app that the token was issued to. */
  readonly appId?: string | undefined;
  /** `USER`, `PAGE`, `APP` or `SYSTEM_USER`. */
  readonly type?: string | undefined;
  /** The user's ID within the app. */
  readonly userId?: string | undefined;
  /** The page's ID, for the token of a page. */
  readonly profileId?: string | undefined;
  /** The granted permissions. */
  readonly scope: readonly string[];
  /** The pages and other objects that a permission is for: all of them, if there are no `targetIds`. */
  readonly granularScope: readonly {
    readonly scope: string;
    readonly targetIds?: readonly string[];
  }[];
  /** When the token was issued, where Facebook knows it. */
  readonly issuedAt?: Date | undefined;
  /** When the token expires; undefined for one that does not. */
  readonly expiresAt?: Date | undefined;
  /** When your app's access to the user's data expires: `authType: "reauthorize"` renews it. */
  readonly dataAccessExpiresAt?: Date | undefined;
  /** Why the token is invalid. */
  readonly reason?: FacebookErrorReason | undefined;
  /** All that Facebook sent. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Conditions for a token that came from elsewhere. */
export interface VerifyAccessTokenOptions {
  /** The user whose token it must be, by their ID within your app. */
  readonly userId?: string;
}

const RULES: OptionRules<VerifyAccessTokenOptions> = {
  // A condition that cannot be read must not count as met.
  userId: (value, name, options) =>
    name in options && !isFilledText(value)
      ? [`${name} must be the user's ID: leave it out to accept the token of any user`]
      : [],
};

/** A token that came from elsewhere, and whose it is. */
export interface VerifiedAccessToken {
  /** The token, with the granted scope and its end. */
  readonly token: Token;
  /** The user's ID within your app: whom to sign in. */
  readonly userId: string;
}

/**
 * Asks Facebook about a token, with that of the app.
 *
 * @see https://developers.facebook.com/docs/graph-api/reference/debug_token
 */
export async function debugToken(
  client: OAuth2Client,
  token: Token | TokenRecord | string,
): Promise<DebuggedToken> {
  const inputToken = typeof token === "string" ? token : Token.from(token).accessToken;
  const query = new URLSearchParams({ input_token: inputToken });
  // The app's token is its ID and secret.
  const accessToken = `${clientIdOf(client)}|${await appSecretOf(client, "debugToken()")}`;
  const session = client.session({ accessToken }, { refresh: "manual" });
  const { fields, unusable } = await callGraph(session, {
    url: `/debug_token?${query.toString()}`,
    what: "the request to describe a token",
    secrets: [inputToken],
  });
  const data = readFields(fields()["data"]);
  const { is_valid: isValid } = data;
  if (typeof isValid !== "boolean") throw unusable();
  return {
    isValid,
    appId: readId(data["app_id"]),
    type: readId(data["type"]),
    userId: readId(data["user_id"]),
    profileId: readId(data["profile_id"]),
    scope: readTexts(data["scopes"]) ?? [],
    granularScope: (readList(data["granular_scopes"]) ?? []).flatMap(granularScope),
    issuedAt: readUnixTime(data["issued_at"]),
    expiresAt: readUnixTime(data["expires_at"]),
    dataAccessExpiresAt: readUnixTime(data["data_access_expires_at"]),
    reason: isValid ? undefined : reasonOf(readFields(data["error"])),
    raw: data,
  };
}

/** Accepts a token that came from elsewhere: it must be valid, a user's, and this app's (token substitution). */
export async function verifyAccessToken(
  client: OAuth2Client,
  accessToken: string,
  options: VerifyAccessTokenOptions,
): Promise<VerifiedAccessToken> {
  throwProblems("verifyAccessToken()", optionProblems(options, RULES), "facebook");
  const { userId: expected } = options;
  const given = Token.from({ accessToken, tokenType: "bearer" });
  const found = await debugToken(client, accessToken);
  const { userId, reason, scope, issuedAt, expiresAt } = found;
  if (!found.isValid) throw refusal("is_valid", "it is not valid", reason);
  if (found.appId !== clientIdOf(client)) throw refusal("app_id", "it was issued to another app");
  if (found.type !== "USER" || userId === undefined) throw refusal("type", "it is not a user's");
  if (expected !== undefined && userId !== expected) {
    throw refusal("user_id", "it is another user's");
  }
  const fields = { issuedAt, expiresAt, scope, requestedScope: scope };
  return { token: Token.from({ ...given.toJSON(), ...fields }), userId };
}

function refusal(check: string, why: string, reason?: string): OAuthError {
  return new OAuthError(
    check === "user_id" ? "SUBJECT_MISMATCH" : "TOKEN_REJECTED",
    `The access token was refused: ${why}. Sign nobody in with it.`,
    { provider: "facebook", details: { check, ...(reason !== undefined && { reason }) } },
  );
}

function granularScope({ scope, target_ids: targets }: Fields): DebuggedToken["granularScope"] {
  const targetIds = Array.isArray(targets)
    ? targets.flatMap((id: unknown) => readId(id) ?? [])
    : undefined;
  return typeof scope === "string" ? [{ scope, ...(targetIds && { targetIds }) }] : [];
}

function reasonOf({ subcode, ...error }: Fields): FacebookErrorReason | undefined {
  const { details } = readGraphError({ error: { ...error, error_subcode: subcode } }) ?? {};
  return details?.["reason"] as FacebookErrorReason | undefined;
}

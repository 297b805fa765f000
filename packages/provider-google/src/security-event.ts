import type { OAuth2Client, SecurityEventClaims } from "@grantkit/core";
import { type Fields, readFields, readText } from "@grantkit/core/requests";

const RISC = "https://schemas.openid.net/secevent/risc/event-type/";
const OAUTH = "https://schemas.openid.net/secevent/oauth/event-type/";

/** What has happened to a user's Google account. */
export type GoogleSecurityEventType =
  /** All sessions of the account ended: end those of your app. */
  | "sessions-revoked"
  /** All tokens of the account were revoked: end its sessions, and delete its tokens. */
  | "tokens-revoked"
  /** One token was revoked (`tokenIdentifier`): delete it. */
  | "token-revoked"
  /** The account is disabled. For `reason: "hijacking"` end its sessions; otherwise do not let it sign in. */
  | "account-disabled"
  /** The account is enabled again. */
  | "account-enabled"
  /** The account was deleted for good: delete what it granted. */
  | "account-purged"
  /** Somebody may know the password: watch for suspicious activity. */
  | "account-credential-change-required"
  /** Your test of the receiver (`state`). */
  | "verification";

/** One event about a user's Google account. */
export interface GoogleSecurityEvent {
  /** What has happened; undefined for an event type that Google added later: see `uri`. */
  readonly type: GoogleSecurityEventType | undefined;
  /** The URI of the event type. */
  readonly uri: string;
  /** The user's ID (`sub`), as in `profile.id`. Tokens and verifications have none. */
  readonly userId?: string | undefined;
  /** The user's address, if Google names it. */
  readonly email?: string | undefined;
  /** Why the account is disabled: `hijacking`, `bulk-account`, or none. */
  readonly reason?: string | undefined;
  /** The state of your test. */
  readonly state?: string | undefined;
  /**
   * Which refresh token was revoked: its first 16 characters (`tokenIdentifierKind: "prefix"`), or a hash of the token.
   */
  readonly tokenIdentifier?: string | undefined;
  /** How `tokenIdentifier` was made of the token. */
  readonly tokenIdentifierKind?: string | undefined;
  /** All fields of the event. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** A verified delivery of Cross-Account Protection. */
export interface GoogleSecurityEvents {
  /** The delivery's ID (`jti`): the same when Google repeats it. */
  readonly id: string;
  /** When Google issued it. */
  readonly issuedAt: Date;
  /** What has happened. */
  readonly events: readonly GoogleSecurityEvent[];
  /** The verified claims. */
  readonly claims: SecurityEventClaims;
}

const TYPES: ReadonlyMap<string, GoogleSecurityEventType> = new Map([
  [`${RISC}sessions-revoked`, "sessions-revoked"],
  [`${OAUTH}tokens-revoked`, "tokens-revoked"],
  [`${OAUTH}token-revoked`, "token-revoked"],
  [`${RISC}tokens-revoked`, "tokens-revoked"],
  [`${RISC}account-disabled`, "account-disabled"],
  [`${RISC}account-enabled`, "account-enabled"],
  [`${RISC}account-purged`, "account-purged"],
  [`${RISC}account-credential-change-required`, "account-credential-change-required"],
  [`${RISC}verification`, "verification"],
]);

/** Verifies a security event token of Google's; see `GoogleClient.verifySecurityEvents`. */
export async function verifySecurityEvents(
  client: OAuth2Client,
  jwt: string,
): Promise<GoogleSecurityEvents> {
  const issuer = client.provider.issuer as string;
  // Google writes its issuer with a slash at the end here, and documents it without one as well.
  const issuers = [issuer, `${issuer}/`];
  const claims = await client.verifySecurityEvent(jwt, { issuers });
  const events = Object.entries(claims.events).map(([uri, raw]) => readEvent(uri, readFields(raw)));
  return { id: claims.jti, issuedAt: new Date(claims.iat * 1000), events, claims };
}

function readEvent(uri: string, raw: Fields): GoogleSecurityEvent {
  const { subject, reason, state } = raw;
  const about = readFields(subject);
  return {
    type: TYPES.get(uri),
    uri,
    userId: readText(about["sub"]),
    email: readText(about["email"]),
    reason: readText(reason),
    state: readText(state),
    tokenIdentifier: readText(about["token"]),
    tokenIdentifierKind: readText(about["token_identifier_alg"]),
    raw,
  };
}

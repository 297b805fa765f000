import { createHash } from "node:crypto";
import type { JWTPayload } from "jose";
import { flawedClaims } from "../oauth/id-token-flaws.ts";
import { randomBase64Url, randomFrom } from "../oauth/random-text.ts";
import { postToApplication } from "../server/post-to-application.ts";
import { chosenUser } from "./credential.ts";
import type { GoogleSecurityEvent, GoogleSecurityEventDetails } from "./security-event-details.ts";
import type { GoogleServer } from "./server.ts";

const RISC = "https://schemas.openid.net/secevent/risc/event-type/";
const OAUTH = "https://schemas.openid.net/secevent/oauth/event-type/";
const OAUTH_EVENTS: ReadonlySet<string> = new Set(["tokens-revoked", "token-revoked"]);

/**
 * Signs a security event token (RFC 8417), which does not expire.
 *
 * @see https://developers.google.com/identity/protocols/risc
 */
export function createSecurityEvent(
  server: GoogleServer,
  event: GoogleSecurityEvent,
  details: GoogleSecurityEventDetails,
): Promise<string> {
  const { flaw = "none", typ = "secevent+jwt", id = newId() } = details;
  const uri = (OAUTH_EVENTS.has(event) ? OAUTH : RISC) + event;
  const claims: JWTPayload = {
    iss: issuerOf(server, details),
    aud: server.clientId,
    iat: Math.floor(server.now() / 1000),
    jti: id,
    ...(flaw === "missing-events"
      ? {}
      : { events: { [uri]: describeEvent(server, event, details) } }),
  };
  const flawed = flaw === "missing-events" ? claims : flawedClaims(flaw, claims);
  return server.keys.sign(flawed, { forged: flaw === "forged-signature", typ });
}

/** Posts a security event token to the application's receiver on this machine (RFC 8935). */
export async function postSecurityEvent(
  server: GoogleServer,
  url: string,
  event: GoogleSecurityEvent,
  details: GoogleSecurityEventDetails,
): Promise<Response> {
  const token = await createSecurityEvent(server, event, details);
  return postToApplication(url, "security events", token, {
    "content-type": "application/secevent+jwt",
    accept: "application/json",
  });
}

function issuerOf({ endpoints }: GoogleServer, { issuer }: GoogleSecurityEventDetails): string {
  return issuer === "without-slash" ? endpoints.issuer : `${endpoints.issuer}/`;
}

function describeEvent(
  server: GoogleServer,
  event: GoogleSecurityEvent,
  details: GoogleSecurityEventDetails,
): object {
  const { reason, state } = details;
  switch (event) {
    case "verification":
      return state === undefined ? {} : { state };
    case "token-revoked":
      return { subject: tokenSubject(details) };
    case "account-disabled":
      return { subject: userSubject(server, details), ...(reason === undefined ? {} : { reason }) };
    default:
      return { subject: userSubject(server, details) };
  }
}

function userSubject(server: GoogleServer, details: GoogleSecurityEventDetails): object {
  const { subject = "iss-sub", user: name } = details;
  const { sub, email } = chosenUser(server, name);
  return {
    subject_type: subject,
    iss: issuerOf(server, details),
    sub,
    ...(subject === "id_token_claims" ? { email } : {}),
  };
}

function tokenSubject({
  refreshToken = `1//${randomBase64Url(40)}`,
  tokenIdentifier = "prefix",
}: GoogleSecurityEventDetails): object {
  return {
    subject_type: "oauth_token",
    token_type: "refresh_token",
    token_identifier_alg: tokenIdentifier,
    token:
      tokenIdentifier === "prefix"
        ? refreshToken.slice(0, 16)
        : sha512(sha512(refreshToken)).toString("base64"),
  };
}

function sha512(data: string | Buffer): Buffer {
  return createHash("sha512").update(data).digest();
}

function newId(): string {
  return randomFrom("0123456789ABCDEF", 32);
}

import { OAuthError, Token, type OAuth2Client } from "@grantkit/core";
import {
  callApi,
  clientIdOf,
  readJsonFields,
  readText,
  readUnixTime,
} from "@grantkit/core/requests";
import { readGoogleError } from "./error-body.ts";

/** What Google says about an access token. */
export interface GoogleTokenInfo {
  /** The client ID that the token is for (`aud`). */
  readonly audience: string;
  /** The client ID that requested it (`azp`), which is another one for your phone apps. */
  readonly authorizedParty?: string | undefined;
  /** The granted scopes. */
  readonly scope: readonly string[];
  /** When the token expires. */
  readonly expiresAt?: Date | undefined;
  /** The user's ID (`sub`); with the scope `openid` only. */
  readonly userId?: string | undefined;
  /** The user's address; with the scope `email` only. */
  readonly email?: string | undefined;
  /** Whether Google has verified the address. */
  readonly emailVerified?: boolean | undefined;
  /** Whether the user granted access while they are away (a refresh token). */
  readonly accessType?: "online" | "offline" | undefined;
}

/** Asks Google about an access token; see `GoogleClient.tokenInfo`. */
export async function fetchTokenInfo(
  client: OAuth2Client,
  accessToken: string,
): Promise<GoogleTokenInfo> {
  const session = client.session(Token.from({ accessToken }), { refresh: "manual" });
  const { text, unusable } = await callApi(session, {
    method: "POST",
    // Beside the token endpoint, in emulators too.
    url: new URL("/tokeninfo", client.provider.endpoints.token).href,
    what: "the request for token info",
    refusal: ({ status, body, error }) =>
      status === 400
        ? rejected("valid", "it is expired, revoked or none of Google's")
        : error(readGoogleError(body) ?? { error: `status ${status}` }),
  });
  const info = readJsonFields(text);
  const audience = readText(info["aud"]);
  if (audience === undefined) throw unusable("aud");
  const verified = String(info["email_verified"]);
  const type = info["access_type"];
  // Numbers and flags come as texts.
  return {
    audience,
    authorizedParty: readText(info["azp"]),
    scope: readText(info["scope"])?.split(" ") ?? [],
    expiresAt: readUnixTime(info["exp"]),
    userId: readText(info["sub"]),
    email: readText(info["email"]),
    emailVerified: ["true", "false"].includes(verified) ? verified === "true" : undefined,
    accessType: type === "online" || type === "offline" ? type : undefined,
  };
}

/** Accepts an access token that came from elsewhere, if it is this app's; see `GoogleClient.verifyAccessToken`. */
export async function verifyAccessToken(
  client: OAuth2Client,
  accessToken: string,
): Promise<GoogleTokenInfo> {
  const { authorizedParties = [] } = client.provider.idToken || {};
  const clientIds = [clientIdOf(client), ...authorizedParties];
  const info = await fetchTokenInfo(client, accessToken);
  const { audience, authorizedParty = audience } = info;
  if (clientIds.includes(audience) && clientIds.includes(authorizedParty)) return info;
  const claim = clientIds.includes(audience) ? "azp" : "aud";
  throw rejected(claim, "it was issued to another app");
}

function rejected(check: string, why: string): OAuthError {
  const message = `The access token of google was refused: ${why}. Sign nobody in with it.`;
  return new OAuthError("TOKEN_REJECTED", message, { provider: "google", details: { check } });
}

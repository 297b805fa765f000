import { isApiError, OAuthError, Token, type OAuth2Client } from "@grantkit/core";
import { isObject, ownFields } from "@grantkit/core/requests";

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
  const provider = client.provider.name;
  // Beside the token endpoint, in emulators too.
  const url = new URL("/tokeninfo", client.provider.endpoints.token);
  const session = client.session(Token.from({ accessToken }), { refresh: "manual" });
  const { data } = await session.post<unknown>(url.href).catch((error: unknown) => {
    if (!isApiError(error) || error.status !== 400) throw error;
    throw rejected(provider, "valid", "it is expired, revoked or none of Google's");
  });
  const info: Readonly<Record<string, unknown>> = ownFields(isObject(data) ? data : {});
  const { aud } = info;
  if (typeof aud === "string" && aud !== "") return readInfo(aud, info);
  const message = `The token info of ${provider} cannot be used: aud is missing.`;
  throw new OAuthError("TOKEN_RESPONSE_INVALID", message, { provider, details: { field: "aud" } });
}

/** Accepts an access token that came from elsewhere, if it is this app's; see `GoogleClient.verifyAccessToken`. */
export async function verifyAccessToken(
  client: OAuth2Client,
  accessToken: string,
  clientIds: readonly string[],
): Promise<GoogleTokenInfo> {
  const info = await fetchTokenInfo(client, accessToken);
  const { audience, authorizedParty = audience } = info;
  if (clientIds.includes(audience) && clientIds.includes(authorizedParty)) return info;
  const claim = clientIds.includes(audience) ? "azp" : "aud";
  throw rejected(client.provider.name, claim, "it was issued to another app");
}

function rejected(provider: string, check: string, why: string): OAuthError {
  const message = `The access token of ${provider} was refused: ${why}. Sign nobody in with it.`;
  return new OAuthError("TOKEN_REJECTED", message, { provider, details: { check } });
}

/** Numbers and flags come as texts. */
function readInfo(audience: string, info: object): GoogleTokenInfo {
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(info, name);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const exp = Number(Reflect.get(info, "exp"));
  const verified = String(Reflect.get(info, "email_verified"));
  const type = text("access_type");
  return {
    audience,
    authorizedParty: text("azp"),
    scope: text("scope")?.split(" ") ?? [],
    expiresAt: exp > 0 && exp < 8.64e12 ? new Date(exp * 1000) : undefined,
    userId: text("sub"),
    email: text("email"),
    emailVerified: ["true", "false"].includes(verified) ? verified === "true" : undefined,
    accessType: type === "online" || type === "offline" ? type : undefined,
  };
}

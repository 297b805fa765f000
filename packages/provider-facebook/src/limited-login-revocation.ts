import { type OAuth2Client, OAuthError } from "@grantkit/core";
import { clientIdOf, isFilledText } from "@grantkit/core/requests";
import { callGraph } from "./graph-call.ts";

/** Removes the app from a user's account, by the user's ID token. */
export async function revokeLimitedLogin(client: OAuth2Client, idToken: string): Promise<void> {
  if (!isFilledText(idToken)) {
    const message = "The ID token of facebook was refused: it is not a string.";
    throw new OAuthError("ID_TOKEN_INVALID", message, { provider: "facebook" });
  }
  const session = client.session({ accessToken: "none" }, { refresh: "manual" });
  const { fields, unusable } = await callGraph(session, {
    method: "POST",
    url: `${client.provider.issuer as string}/platform/uninstall/`,
    body: new URLSearchParams({ id_token: idToken, app_id: clientIdOf(client) }),
    withholdToken: true,
    secrets: [idToken],
    what: "the request to remove the app for a user of Limited Login",
  });
  if (fields()["success"] !== true) throw unusable();
}

import type { OAuth2Client } from "@grantkit/core";
import type { FacebookApp } from "./client-options.ts";
import { callGraph, unusableAnswer } from "./graph-call.ts";

const WHAT = "remove the app for a user of Limited Login";

/** Removes the app from a user's account, by the user's ID token. */
export async function revokeLimitedLogin(
  client: Pick<OAuth2Client, "session" | "provider">,
  { appId }: FacebookApp,
  idToken: string,
): Promise<void> {
  const session = client.session({ accessToken: "none" }, { refresh: "manual" });
  const { success } = await callGraph(
    session,
    WHAT,
    `${client.provider.issuer as string}/platform/uninstall/`,
    {
      method: "POST",
      body: new URLSearchParams({ id_token: idToken, app_id: appId }),
      withholdToken: true,
    },
  );
  if (success !== true) throw unusableAnswer(WHAT);
}

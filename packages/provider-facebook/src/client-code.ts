import type { OAuth2Session } from "@grantkit/core";
import { requiredSecret } from "./app-secret.ts";
import type { FacebookApp } from "./client-options.ts";
import { callGraph, textOf, unusableAnswer } from "./graph-call.ts";

const WHAT = "make a code for a client of the app";

/** Fetches a code that a client of the app exchanges for a token of its own. */
export async function fetchClientCode(
  session: OAuth2Session,
  app: FacebookApp,
  redirectUri: string,
): Promise<string> {
  const query = new URLSearchParams({
    client_id: app.appId,
    client_secret: await requiredSecret(app.secret, "fetchClientCode()"),
    redirect_uri: redirectUri,
  });
  const fields = await callGraph(session, WHAT, `/oauth/client_code?${query.toString()}`);
  const code = textOf(fields["code"]);
  if (code === undefined) throw unusableAnswer(WHAT);
  return code;
}

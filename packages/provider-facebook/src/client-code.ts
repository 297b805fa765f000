import type { OAuth2Session } from "@grantkit/core";
import { clientIdOf, readId } from "@grantkit/core/requests";
import { appSecretOf } from "./app-secret.ts";
import { callGraph } from "./graph-call.ts";

/** Fetches a code that a client of the app exchanges for a token of its own. */
export async function fetchClientCode(
  client: object,
  session: OAuth2Session,
  redirectUri: string,
): Promise<string> {
  const query = new URLSearchParams({
    client_id: clientIdOf(client),
    client_secret: await appSecretOf(client, "fetchClientCode()"),
    redirect_uri: redirectUri,
  });
  const { fields, unusable } = await callGraph(session, {
    url: `/oauth/client_code?${query.toString()}`,
    what: "the request for a client's code",
  });
  const code = readId(fields()["code"]);
  if (code === undefined) throw unusable();
  return code;
}

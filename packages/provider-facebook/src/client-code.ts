import type { OAuth2Client, Token } from "@grantkit/core";
import {
  clientIdOf,
  isFilledText,
  optionProblems,
  type OptionRule,
  readId,
  throwProblems,
} from "@grantkit/core/requests";
import { appSecretOf } from "./app-secret.ts";
import { callGraph } from "./graph-call.ts";

const mustBeUri: OptionRule = (value, name) =>
  isFilledText(value) && URL.canParse(value)
    ? []
    : [`${name} must be the redirect URI that the client exchanges the code with`];

const RULES = { redirectUri: mustBeUri };

/** Fetches a code that a client of the app exchanges for a token of its own. */
export async function fetchClientCode(
  client: OAuth2Client,
  token: Token,
  options: { readonly redirectUri: string },
): Promise<string> {
  const method = "fetchClientCode()";
  throwProblems(method, optionProblems(options ?? {}, RULES), "facebook");
  const { redirectUri } = options;
  const query = new URLSearchParams({
    client_id: clientIdOf(client),
    client_secret: await appSecretOf(client, method),
    redirect_uri: redirectUri,
  });
  const session = client.session(token, { refresh: "manual", tokenPlacement: "query" });
  const { fields, unusable } = await callGraph(session, {
    url: `/oauth/client_code?${query.toString()}`,
    what: "the request for a client's code",
  });
  const code = readId(fields()["code"]);
  if (code === undefined) throw unusable();
  return code;
}

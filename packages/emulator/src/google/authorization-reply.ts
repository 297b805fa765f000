import { proofKeyIn } from "../oauth/authorization-codes.ts";
import { randomBase64Url } from "../oauth/random-text.ts";
import { callbackIssuer, redirectTo, withFragment, withQuery } from "../oauth/responses.ts";
import { delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { googleIdToken, hostedDomain } from "./id-token.ts";
import { reportedScopes } from "./scopes.ts";
import type { GoogleServer } from "./server.ts";
import type { GoogleUser } from "./users.ts";

/** A valid authorization request. */
export interface GoogleAuthorizationRequest {
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly prompt: readonly string[];
  /** All parameters of the request. */
  readonly parameters: WireParameters;
}

/** Redirects the browser back to the application with a code, tokens or both, as requested. */
export async function authorizationReply(
  server: GoogleServer,
  request: GoogleAuthorizationRequest,
  user: GoogleUser,
  allowedScopes: readonly string[],
): Promise<Response> {
  const { grants, switches } = server;
  const { parameters, redirectUri, prompt } = request;
  const consentShown = prompt.includes("consent") || !grants.covers(user.sub, allowedScopes);
  const earlier = parameters["include_granted_scopes"] === "true" ? grants.of(user.sub) : [];
  const scopes = reportedScopes([...allowedScopes, ...earlier]);
  grants.add(user.sub, scopes);
  const types = delimitedList(parameters["response_type"]);
  const reply = {
    state: parameters["state"],
    iss: callbackIssuer(server),
    ...(types.includes("code")
      ? { code: issueCode(server, request, user, scopes, consentShown) }
      : {}),
    ...(await frontChannelTokens(server, types, user, scopes, parameters["nonce"])),
    scope: scopes.join(" "),
    authuser: "0",
    prompt: consentShown ? "consent" : "none",
    ...(switches.hd === "absent" ? {} : hostedDomain(server, user)),
  };
  const onlyCode = types.length === 1 && types[0] === "code";
  return redirectTo((onlyCode ? withQuery : withFragment)(redirectUri, reply));
}

/** Issues a code for what the user granted. */
export function issueCode(
  server: GoogleServer,
  { redirectUri, parameters }: Pick<GoogleAuthorizationRequest, "redirectUri" | "parameters">,
  user: GoogleUser,
  scopes: readonly string[],
  consentShown: boolean,
): string {
  // Google's codes contain a slash, which clients must decode exactly once.
  const value = `4/0A${randomBase64Url(54)}`;
  server.codes.add(value, {
    user,
    scopes,
    redirectUri,
    proofKey: proofKeyIn(parameters),
    nonce: parameters["nonce"],
    withRefreshToken:
      server.switches.clientType === "installed" ||
      // https://developers.google.com/identity/protocols/oauth2/web-server#offline
      (parameters["access_type"] === "offline" && consentShown),
  });
  return value;
}

async function frontChannelTokens(
  server: GoogleServer,
  types: readonly string[],
  user: GoogleUser,
  scopes: readonly string[],
  nonce: string | undefined,
): Promise<Record<string, string | number>> {
  const accessToken = types.includes("token")
    ? server.tokens.issueAccess({ user, scopes, offline: false })
    : undefined;
  const bearer = { token_type: "Bearer", expires_in: server.switches.accessTokenLifetime };
  return {
    ...(accessToken === undefined ? {} : { access_token: accessToken, ...bearer }),
    ...(types.includes("id_token")
      ? { id_token: await googleIdToken(server, user, { scopes, nonce, accessToken }) }
      : {}),
  };
}

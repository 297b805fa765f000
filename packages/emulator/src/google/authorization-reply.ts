import type { ProofKey } from "../oauth/authorization-codes.ts";
import { randomBase64Url } from "../oauth/random-text.ts";
import { withFragment, withQuery } from "../oauth/redirects.ts";
import { redirectTo } from "../oauth/replies.ts";
import { delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { googleIdToken, hostedDomain } from "./id-token.ts";
import { toldScopes } from "./scopes.ts";
import type { GoogleUser } from "./users.ts";
import type { GoogleServer } from "./server.ts";

/** Sends the browser back with what the application asked for. */
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
  const scopes = toldScopes([...allowedScopes, ...earlier]);
  grants.add(user.sub, scopes);
  const types = delimitedList(parameters["response_type"]);
  const reply = {
    state: parameters["state"],
    iss: callbackIssuer(server),
    ...(types.includes("code") ? { code: code(server, request, user, scopes, consentShown) } : {}),
    ...(await frontChannelTokens(server, types, user, scopes, parameters["nonce"])),
    scope: scopes.join(" "),
    authuser: "0",
    prompt: consentShown ? "consent" : "none",
    ...(switches.hd === "absent" ? {} : hostedDomain(server, user)),
  };
  const onlyCode = types.length === 1 && types[0] === "code";
  return redirectTo((onlyCode ? withQuery : withFragment)(redirectUri, reply));
}

function callbackIssuer({ switches, endpoints }: GoogleServer): string | undefined {
  if (switches.iss === "wrong") return "https://issuer.invalid";
  return switches.iss ? endpoints.issuer : undefined;
}

function code(
  server: GoogleServer,
  { redirectUri, parameters }: GoogleAuthorizationRequest,
  user: GoogleUser,
  scopes: readonly string[],
  consentShown: boolean,
): string {
  // Google's codes contain a slash, which clients must decode exactly once.
  const value = `4/0A${randomBase64Url(54)}`;
  server.codes.keep(value, {
    user,
    scopes,
    redirectUri,
    proofKey: proofKey(parameters),
    nonce: parameters["nonce"],
    withRefreshToken:
      server.switches.clientType === "installed" ||
      // https://developers.google.com/identity/protocols/oauth2/web-server#offline
      (parameters["access_type"] === "offline" && consentShown),
  });
  return value;
}

function proofKey(parameters: WireParameters): ProofKey | undefined {
  const challenge = parameters["code_challenge"];
  if (challenge === undefined) return undefined;
  // RFC 7636 section 4.3, and Google's native-app guide: no method means plain.
  return { challenge, method: parameters["code_challenge_method"] === "S256" ? "S256" : "plain" };
}

async function frontChannelTokens(
  server: GoogleServer,
  types: readonly string[],
  user: GoogleUser,
  scopes: readonly string[],
  nonce: string | undefined,
): Promise<Record<string, string>> {
  const accessToken = types.includes("token")
    ? server.tokens.issueAccess({ user, scopes, offline: false })
    : undefined;
  const bearer = { token_type: "Bearer", expires_in: String(server.switches.accessTokenLifetime) };
  return {
    ...(accessToken === undefined ? {} : { access_token: accessToken, ...bearer }),
    ...(types.includes("id_token")
      ? { id_token: await googleIdToken(server, user, { scopes, nonce, accessToken }) }
      : {}),
  };
}

/** An authorization request that Google would show a consent page for. */
export interface GoogleAuthorizationRequest {
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly prompt: readonly string[];
  /** The request as it came. */
  readonly parameters: WireParameters;
}

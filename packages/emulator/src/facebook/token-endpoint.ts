import type { Hono } from "hono";
import { verifierMatches } from "../oauth/authorization-codes.ts";
import { randomAlphanumeric, randomBase64Url } from "../oauth/random-text.ts";
import { allParameters } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import type { EmulatorEnv } from "../server/request-log.ts";
import { tokenProblem } from "./graph-access.ts";
import { graphError, graphReply } from "./graph-error.ts";
import type { GraphError } from "./graph-error.ts";
import { facebookIdToken } from "./id-token.ts";
import type { FacebookCodeGrant, FacebookServer } from "./server.ts";
import { loginToken, LONG_LIVED_SECONDS, SYSTEM_USER_SECONDS } from "./tokens.ts";

/** Serves the token endpoint, for GET and POST, with the client secret as a parameter. */
export function serveToken(graph: Hono<EmulatorEnv>, server: FacebookServer): void {
  graph.on(["GET", "POST"], ["/oauth/access_token", "/oauth/client_code"], (c) => {
    const parameters = allParameters(c);
    const problem = clientProblem(server, parameters);
    if (problem !== undefined) return graphError(problem);
    if (c.req.path.endsWith("/client_code")) return clientCode(server, parameters);
    switch (parameters["grant_type"]) {
      case "fb_exchange_token":
        return exchangeToken(server, parameters);
      case "client_credentials":
        return graphReply({
          access_token: `${server.clientId}|${server.clientSecret}`,
          token_type: "bearer",
        });
      default:
        return exchangeCode(server, parameters);
    }
  });
}

function clientProblem(server: FacebookServer, parameters: WireParameters): GraphError | undefined {
  const { client_id: clientId, client_secret: secret, code_verifier: verifier } = parameters;
  const found = server.codes.find(parameters["code"]);
  const challenge = "invalid_client";
  if (clientId === undefined) {
    return { message: "Missing client_id parameter.", code: 101, challenge };
  }
  if (clientId !== server.clientId) {
    return { message: "Invalid application ID", code: 101, challenge };
  }
  // Facebook's guide to OpenID Connect with PKCE sends a verifier without a secret.
  // https://developers.facebook.com/docs/facebook-login/guides/advanced/oidc-token
  if (secret === undefined && verifier !== undefined) return undefined;
  // A mobile app has no secret to exchange its code with.
  if (secret === undefined && found.state === "valid" && found.grant.forClient) return undefined;
  return secret === server.clientSecret
    ? undefined
    : { message: "Error validating client secret.", code: 1, challenge };
}

async function exchangeCode(server: FacebookServer, parameters: WireParameters): Promise<Response> {
  const { code } = parameters;
  const found = server.codes.find(code);
  if (code === undefined || found.state !== "valid") {
    return graphError(CODE_PROBLEMS[found.state === "valid" ? "unknown" : found.state]);
  }
  const { grant } = found;
  const problem = exchangeProblem(grant, parameters);
  if (problem !== undefined) return graphError(problem);
  server.codes.spend(code);
  const { access_token: accessToken, expires_in: expiresIn } = tokenOf(server, grant);
  const idToken = grant.withIdToken
    ? await facebookIdToken(server, grant.user, { nonce: grant.nonce, accessToken })
    : undefined;
  return graphReply({
    access_token: accessToken,
    token_type: "bearer",
    expires_in: expiresIn,
    id_token: idToken,
    machine_id: parameters["machine_id"] ?? (grant.forClient ? randomAlphanumeric(24) : undefined),
  });
}

function tokenOf(
  server: FacebookServer,
  { user, systemUser }: FacebookCodeGrant,
): { readonly access_token: string; readonly expires_in: number | undefined } {
  if (systemUser === undefined) return loginToken(server, user);
  const lifetime = systemUser === "60-days" ? SYSTEM_USER_SECONDS : undefined;
  return { access_token: server.tokens.issueSystemUser(user, lifetime), expires_in: lifetime };
}

/** Serves codes for tokens that another client of the same app, such as a mobile app, exchanges. */
function clientCode(server: FacebookServer, parameters: WireParameters): Response {
  const access = server.tokens.find(parameters["access_token"] ?? "");
  const problem = tokenProblem(server, access);
  if (problem !== undefined || access?.user === undefined) {
    return graphError(problem ?? { message: "Invalid OAuth access token.", code: 190 });
  }
  const code = `AQ${randomBase64Url(180)}`;
  server.codes.add(code, {
    user: access.user,
    redirectUri: parameters["redirect_uri"] ?? "",
    proofKey: undefined,
    nonce: undefined,
    withIdToken: false,
    systemUser: undefined,
    forClient: true,
  });
  return graphReply({ code });
}

// The codes and texts are from public logs.
const CODE_PROBLEMS: Readonly<Record<"used" | "expired" | "unknown", GraphError>> = {
  used: {
    message: "This authorization code has been used.",
    code: 100,
    subcode: 36_009,
    challenge: "invalid_code",
  },
  expired: {
    message: "This authorization code has expired.",
    code: 100,
    subcode: 36_007,
    challenge: "invalid_code",
  },
  unknown: { message: "Invalid verification code format.", code: 100, challenge: "invalid_code" },
};

function exchangeProblem(
  { redirectUri, proofKey }: FacebookCodeGrant,
  parameters: WireParameters,
): GraphError | undefined {
  if (parameters["redirect_uri"] !== redirectUri) {
    const message =
      "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request";
    return { message, code: 100, subcode: 36_008, challenge: "invalid_code" };
  }
  if (proofKey !== undefined && !verifierMatches(parameters["code_verifier"] ?? "", proofKey)) {
    // Facebook does not document this text.
    const message = "Error validating verification code. Invalid code_verifier.";
    return { message, code: 100, challenge: "invalid_code" };
  }
  return undefined;
}

// https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
function exchangeToken(server: FacebookServer, parameters: WireParameters): Response {
  const token = parameters["fb_exchange_token"] ?? "";
  const access = server.tokens.find(token);
  const problem = tokenProblem(server, access);
  if (problem !== undefined || access?.user === undefined) {
    return graphError(problem ?? { message: "Invalid OAuth access token.", code: 190 });
  }
  const isSystemUser = access.type === "SYSTEM_USER";
  const lifetime = isSystemUser ? SYSTEM_USER_SECONDS : LONG_LIVED_SECONDS;
  return graphReply({
    access_token: isSystemUser
      ? server.tokens.issueSystemUser(access.user, lifetime)
      : server.tokens.issueUser(access.user, lifetime),
    token_type: "bearer",
    expires_in: lifetime,
  });
}

import { proofKeyIn } from "../oauth/authorization-codes.ts";
import { randomBase64Url } from "../oauth/random-text.ts";
import { redirectTo, withQuery } from "../oauth/responses.ts";
import { delimitedList, queryParameters } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { callbackReply, consentQuestion } from "./authorization.ts";
import { isRegistered } from "./authorization-checks.ts";
import { B2C_PATH, policyOf } from "./b2c-discovery.ts";
import { b2cErrorFields } from "./b2c-errors.ts";
import type { B2cError } from "./b2c-errors.ts";
import { b2cIdToken } from "./b2c-tokens.ts";
import type { MicrosoftServer } from "./server.ts";
import type { MicrosoftUser } from "./users.ts";

/** An authorization request at the endpoint of a policy. */
interface B2cRequest {
  readonly policy: string;
  readonly parameters: WireParameters;
}

/**
 * Serves the authorization endpoint of every policy, and the logout endpoint.
 *
 * @see https://learn.microsoft.com/azure/active-directory-b2c/authorization-code-flow
 */
export function serveB2cAuthorization(server: MicrosoftServer): void {
  const ask = server.desk.page<B2cRequest>((request, { allowed, userId }) => {
    const user = server.findUser(userId);
    return allowed && user !== undefined
      ? answer(server, request, user)
      : refuse(server, request, CANCELLED);
  });
  server.app.get(`${B2C_PATH}/oauth2/v2.0/authorize`, (c) => {
    const request = { policy: policyOf(c), parameters: queryParameters(c) };
    const { client_id: clientId = "", redirect_uri: redirectUri, scope } = request.parameters;
    if (
      clientId !== server.clientId ||
      redirectUri === undefined ||
      !isRegistered(server, redirectUri)
    ) {
      const text = `AADB2C90006: The redirect URI '${redirectUri ?? ""}' provided in the request is not registered for the client id '${clientId}'.`;
      return server.desk.say(
        { title: "Sorry, but we’re having trouble signing you in", text },
        400,
      );
    }
    const problem = requestProblem(request.parameters);
    if (problem !== undefined) return refuse(server, request, problem);
    const question = consentQuestion(
      server,
      server.users,
      delimitedList(scope),
      request.parameters,
    );
    return ask({ ...question, redirectUri }, request);
  });
  server.app.get(`${B2C_PATH}/oauth2/v2.0/logout`, (c) => {
    const { post_logout_redirect_uri: target, state } = queryParameters(c);
    return target !== undefined && isRegistered(server, target)
      ? redirectTo(withQuery(target, { state }))
      : server.desk.say({ title: "You signed out", text: "Close all browser windows." }, 200);
  });
}

// https://learn.microsoft.com/azure/active-directory-b2c/error-codes
const CANCELLED: B2cError = {
  error: "access_denied",
  code: 90091,
  text: "The user has cancelled entering self-asserted information.",
};

function requestProblem(parameters: WireParameters): B2cError | undefined {
  const { response_type: type = "", scope, prompt, response_mode: mode = "query" } = parameters;
  const error = "invalid_request";
  if (scope === undefined) {
    return { error, code: 90010, text: "The request does not contain a scope parameter." };
  }
  if (!["code", "id_token", "code id_token"].includes(type)) {
    const text = `The requested response type '${type}' provided in the request is not supported.`;
    return { error: "unsupported_response_type", code: 90013, text };
  }
  if (!["query", "fragment", "form_post"].includes(mode)) {
    const text = `The requested response mode '${mode}' provided in the request is not supported.`;
    return { error, code: 90014, text };
  }
  if (prompt !== "none") return undefined;
  const text =
    "User does not have an existing session and request prompt parameter has a value of 'None'.";
  return { error: "interaction_required", code: 90077, text };
}

async function answer(
  server: MicrosoftServer,
  { policy, parameters }: B2cRequest,
  user: MicrosoftUser,
): Promise<Response> {
  const { nonce, redirect_uri: redirectUri = "", scope, state } = parameters;
  const types = delimitedList(parameters["response_type"]);
  const signedInAt = Math.floor(server.now() / 1000);
  const grant = { user, scopes: delimitedList(scope), nonce, policy, signedInAt };
  const code = types.includes("code") ? `eyJraWQi${randomBase64Url(200)}` : undefined;
  if (code !== undefined) {
    server.b2cGrants.codes.add(code, { ...grant, redirectUri, proofKey: proofKeyIn(parameters) });
  }
  const idToken = types.includes("id_token")
    ? await b2cIdToken(server, grant, undefined)
    : undefined;
  return callbackReply(server, parameters, { state, code, id_token: idToken });
}

function refuse(
  server: MicrosoftServer,
  { parameters }: B2cRequest,
  problem: B2cError,
): Response | Promise<Response> {
  const fields = b2cErrorFields(problem, server.now());
  return callbackReply(server, parameters, { ...fields, state: parameters["state"] });
}

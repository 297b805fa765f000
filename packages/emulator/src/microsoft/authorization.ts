import { randomUUID } from "node:crypto";
import type { ConsentQuestion } from "../consent/consent-page.ts";
import { proofKeyIn } from "../oauth/authorization-codes.ts";
import { randomBase64Url } from "../oauth/random-text.ts";
import { formPostPage } from "../consent/form-post-page.ts";
import { callbackIssuer, redirectTo, withFragment, withQuery } from "../oauth/responses.ts";
import { delimitedList, queryParameters } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { allowedUsers, pageProblem, parameterProblem } from "./authorization-checks.ts";
import type { AuthorizationRequest } from "./authorization-checks.ts";
import { errorFields } from "./errors.ts";
import type { EntraError } from "./errors.ts";
import { microsoftIdToken } from "./id-token.ts";
import { readClaims } from "./claims-request.ts";
import type { MicrosoftServer } from "./server.ts";
import { accountAt } from "./users.ts";
import type { MicrosoftUser } from "./users.ts";

/**
 * Serves the authorization endpoint of every tenant.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
 */
export function serveAuthorization(server: MicrosoftServer): void {
  const ask = server.desk.page<AuthorizationRequest>(({ parameters, tenant }, decision) => {
    const user = server.findUser(decision.userId);
    return decision.allowed && user !== undefined
      ? answer(server, parameters, accountAt(tenant, user))
      : refuse(server, parameters, DECLINED);
  });
  server.app.get("/:tenant/oauth2/v2.0/authorize", (c) => {
    const request = { tenant: c.req.param("tenant"), parameters: queryParameters(c) };
    const problem = pageProblem(server, request);
    if (problem !== undefined) return errorPage(server, problem);
    const { parameters, tenant } = request;
    const invalid = parameterProblem(parameters);
    if (invalid !== undefined) return refuse(server, parameters, invalid);
    const people = allowedUsers(server, tenant);
    if (delimitedList(parameters["prompt"]).includes("none")) {
      return answerWithoutPage(server, parameters, people);
    }
    const redirectUri = parameters["redirect_uri"] ?? "";
    const scopes = delimitedList(parameters["scope"]);
    return ask({ ...consentQuestion(server, people, scopes, parameters), redirectUri }, request);
  });
}

const DECLINED: EntraError = {
  error: "access_denied",
  code: 65004,
  text: "User declined to consent to access the app.",
};

function answerWithoutPage(
  server: MicrosoftServer,
  parameters: WireParameters,
  people: readonly MicrosoftUser[],
): Response | Promise<Response> {
  const last = [...server.consented].at(-1);
  const wanted = server.findUser(parameters["login_hint"] ?? last);
  const user = people.find(({ oid }) => oid === wanted?.oid);
  if (last === undefined || user === undefined) {
    const text = "A silent sign-in request was sent but no user is signed in.";
    return refuse(server, parameters, { error: "login_required", code: 50058, text });
  }
  if (!server.consented.has(user.oid)) {
    const text = "The user or administrator has not consented to use the application.";
    return refuse(server, parameters, { error: "consent_required", code: 65001, text });
  }
  return answer(server, parameters, user);
}

/** Makes the content of Microsoft's consent page, where no permission can be unchecked. */
export function consentQuestion(
  server: MicrosoftServer,
  people: readonly MicrosoftUser[],
  scopes: readonly string[],
  parameters: WireParameters = {},
): ConsentQuestion {
  const hinted = server.findUser(parameters["login_hint"]);
  const suggested = people.find(({ oid }) => oid === hinted?.oid) ?? people[0];
  return {
    application: server.applicationName,
    people: people.map(({ oid, name, userPrincipalName, picture = "" }) => ({
      id: oid,
      name,
      detail: userPrincipalName,
      picture,
    })),
    selected: suggested?.oid ?? "",
    scopes: scopes.map((name) => ({ name, meaning: name, optional: false })),
  };
}

async function answer(
  server: MicrosoftServer,
  parameters: WireParameters,
  user: MicrosoftUser,
): Promise<Response> {
  // Moved to the end: the last one is signed in at the browser.
  server.consented.delete(user.oid);
  server.consented.add(user.oid);
  const { nonce, redirect_uri: redirectUri = "" } = parameters;
  const types = delimitedList(parameters["response_type"]);
  const grant = {
    user,
    scopes: delimitedList(parameters["scope"]),
    nonce,
    claims: readClaims(parameters["claims"]),
  };
  const code = `1.A${randomBase64Url(200)}`;
  if (types.includes("code")) {
    server.codes.add(code, { ...grant, redirectUri, proofKey: proofKeyIn(parameters) });
  }
  return callbackReply(server, parameters, {
    code: types.includes("code") ? code : undefined,
    id_token: types.includes("id_token") ? await microsoftIdToken(server, grant) : undefined,
    iss: callbackIssuer({ ...server, endpoints: { issuer: `${server.origin}/${user.tid}/v2.0` } }),
    state: parameters["state"],
    session_state: randomUUID(),
  });
}

function refuse(
  server: MicrosoftServer,
  parameters: WireParameters,
  problem: EntraError,
): Response | Promise<Response> {
  const {
    error,
    error_description: description,
    error_uri: uri,
  } = errorFields(problem, server.now());
  return callbackReply(server, parameters, {
    error: String(error),
    error_description: String(description),
    error_uri: String(uri),
    state: parameters["state"],
  });
}

/** Answers the application in the response mode that it asked for. */
export function callbackReply(
  { theme }: Pick<MicrosoftServer, "theme">,
  parameters: WireParameters,
  fields: Readonly<Record<string, string | undefined>>,
): Response | Promise<Response> {
  const { redirect_uri: redirectUri = "", response_mode: mode, response_type: type } = parameters;
  if (mode === "form_post") return formPostPage(theme, redirectUri, fields);
  const inFragment =
    mode === "fragment" || (mode === undefined && type?.includes("id_token") === true);
  return redirectTo((inFragment ? withFragment : withQuery)(redirectUri, fields));
}

function errorPage(server: MicrosoftServer, problem: EntraError): Promise<Response> {
  const text = `AADSTS${problem.code}: ${problem.text}`;
  return server.desk.say({ title: "Sorry, but we’re having trouble signing you in", text }, 400);
}

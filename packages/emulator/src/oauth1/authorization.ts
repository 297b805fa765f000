import type { Ask, ConsentDecision } from "../consent/consent-desk.ts";
import type { ConsentQuestion } from "../consent/consent-page.ts";
import { pinPage } from "../consent/page.ts";
import { randomFrom } from "../oauth/random-text.ts";
import { redirectTo } from "../oauth/responses.ts";
import { queryParameters } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { isRegisteredCallback } from "./consumers.ts";
import { formEncoded } from "./percent-encoding.ts";
import type { OAuth1Server } from "./server.ts";
import { issueRequestToken, newCredential, parsePermissions, permissionMeaning } from "./tokens.ts";
import type { OAuth1Permission, RequestToken } from "./tokens.ts";
import type { OAuth1User } from "./users.ts";

/** Serves the page on which the user authorizes a request token (RFC 5849 section 2.2). */
export function serveAuthorization(server: OAuth1Server): void {
  const ask = consentPageOf(server);
  server.app.get("/oauth/authorize", (c) => {
    const parameters = queryParameters(c);
    const token = server.requestTokens.get(parameters["oauth_token"] ?? "");
    if (token === undefined || token.expiresAt <= server.now()) return showTokenProblem(server);
    return askForConsent(server, token, parameters, ask);
  });
}

/** The consent page for a request token. */
function consentPageOf(server: OAuth1Server): Ask<string> {
  return server.desk.page<string>((requestToken, decision) => {
    const token = server.requestTokens.get(requestToken);
    return token === undefined ? showTokenProblem(server) : applyDecision(server, token, decision);
  });
}

function askForConsent(
  server: OAuth1Server,
  token: RequestToken,
  parameters: WireParameters,
  ask: Ask<string>,
): Response | Promise<Response> {
  if (token.decision.state !== "waiting") return showTokenProblem(server);
  const requested = requestedPermissions(parameters, token.permissions);
  if (requested === undefined) {
    const text = "It asks for access that there is not. There are: read, write.";
    return server.desk.say({ title: "The application asks wrongly", text });
  }
  const user = server.findUser(parameters["screen_name"]) ?? server.users[0];
  const question = consentQuestion(server, token, requested, user?.id);
  return ask(question, token.token);
}

function showTokenProblem(server: OAuth1Server): Promise<Response> {
  return server.desk.say({
    title: "The request token does not work",
    text: "There is no such token, or it was used, or it is too old. Start again from the application.",
  });
}

// Flickr names them perms, Trello scope. Twitter gets them with the request for the token.
function requestedPermissions(
  parameters: WireParameters,
  byDefault: readonly OAuth1Permission[],
): readonly OAuth1Permission[] | undefined {
  const requested = parameters["perms"] ?? parameters["scope"] ?? parameters["access"];
  return requested === undefined ? byDefault : parsePermissions(requested);
}

function applyDecision(
  server: OAuth1Server,
  token: RequestToken,
  { allowed, userId, scopes }: ConsentDecision,
): Response | Promise<Response> {
  if (token.decision.state !== "waiting") return showTokenProblem(server);
  const user = server.findUser(userId);
  if (!allowed || user === undefined) {
    token.decision = { state: "denied" };
    return deny(server, token);
  }
  return allow(server, token, user, scopes as readonly OAuth1Permission[]);
}

function deny(
  server: OAuth1Server,
  { token, callback }: RequestToken,
): Response | Promise<Response> {
  if (callback === "oob") {
    const text = "The application does not get access. You may close this page.";
    return server.desk.say({ title: "You said no", text }, 200);
  }
  const parameters = {
    denied: { oauth_token: token, denied: token },
    "denied-only": { denied: token },
    oauth_problem: { oauth_token: token, oauth_problem: "user_refused" },
  };
  return redirectTo(callbackUrl(callback, parameters[server.switches.denial]));
}

function allow(
  server: OAuth1Server,
  token: RequestToken,
  user: OAuth1User,
  permissions: readonly OAuth1Permission[],
): Response | Promise<Response> {
  const { switches, theme } = server;
  const isOutOfBand = token.callback === "oob";
  // Seven digits, as at Twitter, since a person has to type them.
  const verifier = isOutOfBand ? randomFrom("0123456789", 7) : newCredential(server, 32);
  token.decision = { state: "allowed", user, permissions, verifier };
  if (isOutOfBand) return pinPage(theme, token.consumer.name, verifier);
  const callbackTokens = {
    same: token.token,
    another: newCredential(server, 27),
    absent: undefined,
  };
  return redirectTo(
    callbackUrl(token.callback, {
      oauth_token: callbackTokens[switches.callbackToken],
      oauth_verifier: switches.callbackVerifier ? verifier : undefined,
    }),
  );
}

/** Makes the content of the consent page, on which only the permission to write can be unchecked. */
function consentQuestion(
  { users }: OAuth1Server,
  { consumer, callback }: RequestToken,
  requested: readonly OAuth1Permission[],
  selected: string | undefined,
): ConsentQuestion {
  const question = {
    application: consumer.name,
    people: users.map(({ id, name, screenName, email, picture = "" }) => ({
      id,
      name,
      detail: email === null ? `@${screenName}` : `@${screenName} · ${email}`,
      picture,
    })),
    selected: selected ?? "",
    scopes: requested.map((name) => ({
      name,
      meaning: permissionMeaning(name),
      optional: name !== "read",
    })),
  };
  return callback === "oob"
    ? { ...question, remark: "If you allow it, you get a PIN to type into the application." }
    : { ...question, redirectUri: callback };
}

/** Adds parameters to a callback URL, and keeps its own query byte by byte. */
function callbackUrl(
  callback: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const [, address = "", fragment = ""] = /^([^#]*)(.*)$/s.exec(callback) ?? [];
  const added = formEncoded(parameters);
  if (added === "") return callback;
  const separator = address.includes("?") ? (/[?&]$/.test(address) ? "" : "&") : "?";
  return address + separator + added + fragment;
}

/** Path of a consent page without a request token, for browsers, which cannot sign the request for one. */
export const TRIAL_PATH = "/emulator/try";

/** Serves a consent page with a request token that the emulator issues itself. */
export function serveTrial(server: OAuth1Server): void {
  const [consumer] = server.consumers;
  const ask = consentPageOf(server);
  server.app.get(TRIAL_PATH, (c) => {
    const parameters = queryParameters(c);
    const callback = parameters["oauth_callback"] ?? "oob";
    if (callback !== "oob" && !isRegisteredCallback(consumer, callback)) {
      const text = "The oauth_callback is not one that the consumer registered.";
      return server.desk.say({ title: "The callback does not fit", text });
    }
    return askForConsent(server, issueRequestToken(server, consumer, callback), parameters, ask);
  });
}

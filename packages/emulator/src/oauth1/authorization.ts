import type { ConsentDecision } from "../consent/consent-desk.ts";
import { pinPage } from "../consent/pin-page.ts";
import { randomFrom } from "../oauth/random-text.ts";
import { redirectTo } from "../oauth/replies.ts";
import { queryParameters } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { callbackUrl } from "./callback-url.ts";
import { consentQuestion } from "./consent.ts";
import { newCredential } from "./credentials.ts";
import { askedPermissions } from "./permissions.ts";
import type { OAuth1Permission } from "./permissions.ts";
import type { RequestToken } from "./request-tokens.ts";
import { findOAuth1User } from "./users.ts";
import type { OAuth1User } from "./users.ts";
import type { OAuth1World } from "./world.ts";

/** Serves the page to which the user goes with a request token (RFC 5849 section 2.2). */
export function serveAuthorization(world: OAuth1World): void {
  world.app.get("/oauth/authorize", (c) => {
    const parameters = queryParameters(c);
    const token = world.requestTokens.get(parameters["oauth_token"] ?? "");
    if (token === undefined || token.expiresAt <= world.now()) return noToken(world);
    return askForConsent(world, token, parameters);
  });
}

/** Shows the consent page of a request token. */
export function askForConsent(
  world: OAuth1World,
  token: RequestToken,
  parameters: WireParameters,
): Response | Promise<Response> {
  if (token.decision.state !== "waiting") return noToken(world);
  const asked = permissionsAskedBy(parameters, token.permissions);
  if (asked === undefined) {
    const text = "It asks for access that there is not. There are: read, write.";
    return world.desk.say({ title: "The application asks wrongly", text });
  }
  const user = findOAuth1User(world.users, parameters["screen_name"]) ?? world.users[0];
  const question = consentQuestion(world, token, asked, user?.id);
  return world.desk.ask(question, (decision) => decided(world, token, decision));
}

function noToken(world: OAuth1World): Promise<Response> {
  return world.desk.say({
    title: "The request token does not work",
    text: "There is no such token, or it was used, or it is too old. Start again from the application.",
  });
}

// Flickr says perms, Trello scope; Twitter asks beforehand, with the request token.
function permissionsAskedBy(
  parameters: WireParameters,
  before: readonly OAuth1Permission[],
): readonly OAuth1Permission[] | undefined {
  const asked = parameters["perms"] ?? parameters["scope"] ?? parameters["access"];
  return asked === undefined ? before : askedPermissions(asked);
}

function decided(
  world: OAuth1World,
  token: RequestToken,
  { allowed, userId, scopes }: ConsentDecision,
): Response | Promise<Response> {
  if (token.decision.state !== "waiting") return noToken(world);
  const user = findOAuth1User(world.users, userId);
  if (!allowed || user === undefined) {
    token.decision = { state: "denied" };
    return denied(world, token);
  }
  return allow(world, token, user, scopes as readonly OAuth1Permission[]);
}

function denied(
  world: OAuth1World,
  { token, callback }: RequestToken,
): Response | Promise<Response> {
  if (callback === "oob") {
    const text = "The application does not get access. You may close this page.";
    return world.desk.say({ title: "You said no", text }, 200);
  }
  const tokens = { oauth_token: token, denied: token };
  switch (world.switches.denial) {
    case "denied-only":
      return redirectTo(callbackUrl(callback, { denied: token }));
    case "oauth_problem":
      return redirectTo(
        callbackUrl(callback, { oauth_token: token, oauth_problem: "user_refused" }),
      );
    default:
      return redirectTo(callbackUrl(callback, tokens));
  }
}

function allow(
  world: OAuth1World,
  token: RequestToken,
  user: OAuth1User,
  permissions: readonly OAuth1Permission[],
): Response | Promise<Response> {
  const { switches, theme } = world;
  const byHand = token.callback === "oob";
  // Seven digits, as Twitter's: somebody has to type them.
  const verifier = byHand ? randomFrom("0123456789", 7) : newCredential(world, 32);
  token.decision = { state: "allowed", user, permissions, verifier };
  if (byHand) return pinPage(theme, token.consumer.name, verifier);
  const told = {
    same: token.token,
    another: newCredential(world, 27),
    absent: undefined,
  }[switches.callbackToken];
  return redirectTo(
    callbackUrl(token.callback, {
      oauth_token: told,
      oauth_verifier: switches.callbackVerifier ? verifier : undefined,
    }),
  );
}

import { randomFrom } from "../oauth/random-text.ts";
import { postToApplication } from "../server/post-to-application.ts";
import { issueCode } from "./authorization-reply.ts";
import { googleIdToken } from "./id-token.ts";
import { reportedScopes } from "./scopes.ts";
import type { GoogleServer } from "./server.ts";
import type { GoogleUser } from "./users.ts";
import type {
  GoogleCredentialChoice,
  GoogleCredentialPost,
  GooglePopupChoice,
} from "./credential-choice.ts";

// From memory: credentials are valid from five minutes before they are issued.
const EARLY_SECONDS = 300;

/** Signs a credential: an ID token with the profile, whatever the scopes, and with `nbf`. */
export async function createCredential(
  server: GoogleServer,
  { user, nonce, authorizedParty }: GoogleCredentialChoice,
): Promise<string> {
  return googleIdToken(server, chosenUser(server, user), {
    scopes: ["openid", "email", "profile"],
    nonce,
    more: {
      nbf: Math.floor(server.now() / 1000) - EARLY_SECONDS,
      ...(authorizedParty === undefined ? {} : { azp: authorizedParty }),
    },
  });
}

/**
 * Posts a credential to the application's login URI, as the browser does after the user has signed in.
 *
 * @see https://developers.google.com/identity/gsi/web/guides/verify-google-id-token
 */
export async function postCredential(
  server: GoogleServer,
  loginUri: string,
  choice: GoogleCredentialPost,
): Promise<Response> {
  const { csrf = "matching", state, selectBy = "btn" } = choice;
  const token = newCsrfToken();
  const form = new URLSearchParams({ credential: await createCredential(server, choice) });
  if (csrf !== "no-field") form.set("g_csrf_token", token);
  form.set("client_id", server.clientId);
  form.set("select_by", selectBy);
  if (state !== undefined) form.set("state", state);
  const cookie = csrf === "different" ? newCsrfToken() : token;
  const headers: Record<string, string> =
    csrf === "no-cookie" ? {} : { cookie: `g_csrf_token=${cookie}` };
  return postToApplication(loginUri, "credentials", form, headers);
}

/** Issues a code as Google's popup hands it to the page, for the redirect URI `postmessage`. */
export function createPopupCode(server: GoogleServer, choice: GooglePopupChoice): string {
  const user = chosenUser(server, choice.user);
  const scopes = reportedScopes(choice.scope.split(" "));
  const consentShown = !server.grants.covers(user.sub, scopes);
  server.grants.add(user.sub, scopes);
  // The popup always asks for offline access. From memory.
  const parameters = { access_type: "offline" };
  return issueCode(server, { redirectUri: "postmessage", parameters }, user, scopes, consentShown);
}

/** Returns the user of this name, or the first one. */
export function chosenUser(server: GoogleServer, name: string | undefined): GoogleUser {
  return name === undefined ? (server.users[0] as GoogleUser) : server.requireUser(name);
}

function newCsrfToken(): string {
  return randomFrom("0123456789abcdef", 16);
}

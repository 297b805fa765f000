import { redirectTo, withQuery } from "../oauth/responses.ts";
import { isLoopbackUrl } from "../server/loopback-server.ts";
import { delimitedList, queryParameters } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { consentQuestion } from "./authorization.ts";
import type { MicrosoftServer } from "./server.ts";

/**
 * Serves the pages on which an administrator consents for a whole tenant.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/v2-admin-consent
 */
export function serveAdminConsent(server: MicrosoftServer): void {
  const ask = server.desk.page<WireParameters>((parameters, { allowed, userId }) => {
    const { redirect_uri: redirectUri = "", state, scope } = parameters;
    const user = server.findUser(userId);
    const answer =
      allowed && user !== undefined
        ? { admin_consent: "True", tenant: user.tid, state, scope }
        : { error: "access_denied", error_description: DECLINED, admin_consent: "True", state };
    return redirectTo(withQuery(redirectUri, answer));
  });
  for (const path of ["/:tenant/v2.0/adminconsent", "/:tenant/adminconsent"]) {
    server.app.get(path, (c) => {
      const parameters = queryParameters(c);
      const { client_id: clientId, redirect_uri: redirectUri = "", scope } = parameters;
      if (clientId !== server.clientId || !isKnown(server, redirectUri)) {
        const text = "AADSTS50011: The client or its redirect URI is not registered.";
        return server.desk.say({ title: "The request is invalid", text }, 400);
      }
      const question = consentQuestion(server, server.users, delimitedList(scope));
      return ask({ ...question, redirectUri }, parameters);
    });
  }
}

const DECLINED = "AADSTS65004: User declined to consent to access the app.";

/**
 * Serves the logout endpoint, which redirects to registered addresses only.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#send-a-sign-out-request
 */
export function serveLogout(server: MicrosoftServer): void {
  server.app.get("/:tenant/oauth2/v2.0/logout", (c) => {
    const { post_logout_redirect_uri: target, state } = queryParameters(c);
    server.consented.clear();
    return target !== undefined && isKnown(server, target)
      ? redirectTo(withQuery(target, { state }))
      : server.desk.say({ title: "You signed out", text: "Close all browser windows." }, 200);
  });
}

function isKnown({ redirectUris }: MicrosoftServer, uri: string): boolean {
  return redirectUris === undefined ? isLoopbackUrl(uri) : redirectUris.includes(uri);
}

import { proofKeyIn } from "../oauth/authorization-codes.ts";
import { randomBase64Url } from "../oauth/random-text.ts";
import { callbackIssuer, redirectTo, withFragment, withQuery } from "../oauth/redirects.ts";
import { delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { loginToken } from "./tokens.ts";
import type { FacebookUser } from "./users.ts";
import type { FacebookServer } from "./server.ts";

// Facebook appends this fragment to its redirects. Browsers keep it, servers never see it.
const EMPTY_FRAGMENT = "#_=_";

/** Redirects the browser back to the application with a code, a token or both, as requested. */
export function dialogReply(
  server: FacebookServer,
  parameters: WireParameters,
  user: FacebookUser,
): Response {
  const types = delimitedList(parameters["response_type"] ?? "code");
  const redirectUri = parameters["redirect_uri"] ?? "";
  // granted_scopes alone asks for a code and the lists of permissions.
  const wantsToken = types.includes("token");
  const wantsCode = types.includes("code") || !wantsToken;
  const reply = {
    ...(wantsToken ? loginToken(server, user) : {}),
    code: wantsCode ? issueCode(server, parameters, user) : undefined,
    ...(types.includes("granted_scopes") ? scopeLists(server, user) : {}),
    iss: callbackIssuer(server),
    state: parameters["state"],
  };
  return redirectTo(
    wantsToken ? withFragment(redirectUri, reply) : withQuery(redirectUri, reply) + EMPTY_FRAGMENT,
  );
}

/** Redirects the browser back to the application after a denial. */
export function cancelReply(server: FacebookServer, parameters: WireParameters): Response {
  const url = withQuery(parameters["redirect_uri"] ?? "", {
    error: "access_denied",
    error_code: "200",
    error_description: "Permissions error",
    error_reason: "user_denied",
    iss: callbackIssuer(server),
    state: parameters["state"],
  });
  return redirectTo(url + EMPTY_FRAGMENT);
}

function issueCode(server: FacebookServer, parameters: WireParameters, user: FacebookUser): string {
  const code = `AQ${randomBase64Url(180)}`;
  server.codes.keep(code, {
    user,
    redirectUri: parameters["redirect_uri"] ?? "",
    proofKey: proofKeyIn(parameters),
    nonce: parameters["nonce"],
    withIdToken: delimitedList(parameters["scope"], /[\s,]+/).includes("openid"),
  });
  return code;
}

function scopeLists(server: FacebookServer, user: FacebookUser): Record<string, string> {
  const list = (status: "granted" | "declined"): string =>
    server.permissions.withStatus(user.id, status).join(",");
  return { granted_scopes: list("granted"), denied_scopes: list("declined") };
}

import type { ProofKey } from "../oauth/authorization-codes.ts";
import { randomBase64Url } from "../oauth/random-text.ts";
import { withFragment, withQuery } from "../oauth/redirects.ts";
import { redirectTo } from "../oauth/replies.ts";
import { delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import type { PermissionStatus } from "./permissions.ts";
import type { FacebookUser } from "./users.ts";
import type { FacebookServer } from "./server.ts";

// Facebook ends its redirects so; browsers keep it, servers never see it.
const EMPTY_FRAGMENT = "#_=_";

/** Sends the browser back with what the application asked for. */
export function dialogReply(
  server: FacebookServer,
  parameters: WireParameters,
  user: FacebookUser,
): Response {
  const types = delimitedList(parameters["response_type"] ?? "code");
  const redirectUri = parameters["redirect_uri"] ?? "";
  // granted_scopes alone is a code with the lists added.
  const wantsToken = types.includes("token");
  const wantsCode = types.includes("code") || !wantsToken;
  const reply = {
    ...(wantsToken ? tokenFields(server, user) : {}),
    code: wantsCode ? issueCode(server, parameters, user) : undefined,
    ...(types.includes("granted_scopes") ? scopeLists(server, user) : {}),
    iss: callbackIssuer(server),
    state: parameters["state"],
  };
  return redirectTo(
    wantsToken ? withFragment(redirectUri, reply) : withQuery(redirectUri, reply) + EMPTY_FRAGMENT,
  );
}

/** Sends the browser back after a "no". */
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
    proofKey: proofKey(parameters),
    nonce: parameters["nonce"],
    withIdToken: delimitedList(parameters["scope"], /[\s,]+/).includes("openid"),
  });
  return code;
}

function proofKey(parameters: WireParameters): ProofKey | undefined {
  const challenge = parameters["code_challenge"];
  if (challenge === undefined) return undefined;
  return { challenge, method: parameters["code_challenge_method"] === "S256" ? "S256" : "plain" };
}

function tokenFields(server: FacebookServer, user: FacebookUser): Record<string, string> {
  const lifetime = server.switches.tokenLifetime;
  const token = server.tokens.issueUser(user, lifetime === false ? undefined : lifetime);
  const dataAccess = server.tokens.find(token)?.dataAccessExpiresAt ?? 0;
  return {
    access_token: token,
    data_access_expiration_time: String(Math.floor(dataAccess / 1000)),
    ...(lifetime === false ? {} : { expires_in: String(lifetime) }),
  };
}

function scopeLists(server: FacebookServer, user: FacebookUser): Record<string, string> {
  const withStatus = (wanted: PermissionStatus): string =>
    server.permissions
      .of(user.id)
      .filter(([, status]) => status === wanted)
      .map(([permission]) => permission)
      .join(",");
  return { granted_scopes: withStatus("granted"), denied_scopes: withStatus("declined") };
}

function callbackIssuer({ switches, endpoints }: FacebookServer): string | undefined {
  if (switches.iss === "wrong") return "https://issuer.invalid";
  return switches.iss ? endpoints.issuer : undefined;
}

import { type OAuth2Client, type OAuth2Session, Token, type TokenRecord } from "@grantkit/core";
import {
  clockOf,
  definedFields,
  hmacSha256,
  must,
  mustBeFlag,
  mustBeListOf,
  optionProblems,
  readId,
  readText,
  throwProblems,
} from "@grantkit/core/requests";
import { appSecretOf } from "./app-secret.ts";
import { callGraph, readSeconds } from "./graph-call.ts";
import type { FacebookScope } from "./scopes.ts";

/** Which token of a business's system user to fetch. */
export interface SystemUserTokenOptions {
  /**
   * The ID of the client business.
   *
   * @defaultValue the business of the token, which Facebook is asked for
   */
  readonly businessId?: string;
  /**
   * The permissions of a new token.
   *
   * @defaultValue all that the business has granted
   */
  readonly scope?: readonly (FacebookScope | (string & {}))[];
  /**
   * Whether to fetch the token that exists, and make none.
   *
   * @defaultValue `false`
   */
  readonly fetchOnly?: boolean;
  /**
   * Whether a new token expires after 60 days.
   *
   * @defaultValue `false`: it does not expire
   */
  readonly expiresIn60Days?: boolean;
}

const RULES = {
  businessId: must("be the ID of a business", (id) => /^\d+$/.test(String(id))),
  scope: mustBeListOf("permissions", "be a permission", (name) => /^[\w.]+$/.test(String(name))),
  fetchOnly: mustBeFlag,
  expiresIn60Days: mustBeFlag,
};

/** Fetches the ID of the business that a token of Login for Business is for. */
export async function fetchClientBusinessId(session: OAuth2Session): Promise<string> {
  const { fields, unusable } = await callGraph(session, {
    url: "/me?fields=client_business_id",
    what: "the request for the client business",
  });
  const id = readId(fields()["client_business_id"]);
  if (id === undefined) throw unusable();
  return id;
}

/** Fetches a token of a client business's system user. */
export async function fetchSystemUserToken(
  client: OAuth2Client,
  token: Token | TokenRecord,
  options: SystemUserTokenOptions,
): Promise<Token> {
  const method = "fetchSystemUserToken()";
  throwProblems(method, optionProblems(options, RULES), "facebook");
  const { scope, fetchOnly, expiresIn60Days } = options;
  const secret = await appSecretOf(client, method);
  const session = client.session(token, { refresh: "manual" });
  const proof = await hmacSha256(secret, session.token.accessToken, "hex");
  const businessId = options.businessId ?? (await fetchClientBusinessId(session));
  const { fields, unusable } = await callGraph(session, {
    method: "POST",
    // In the query, where a timed proof of the client's option replaces it.
    url: `/${businessId}/system_user_access_tokens?appsecret_proof=${proof}`,
    body: new URLSearchParams(
      definedFields({
        scope: scope?.join(","),
        fetch_only: fetchOnly === true ? "true" : undefined,
        set_token_expires_in_60_days: expiresIn60Days === true ? "true" : undefined,
      }),
    ),
    what: "the request for a token of a system user",
  });
  const { access_token: given, ...raw } = fields();
  const accessToken = readText(given);
  if (accessToken === undefined) throw unusable();
  const issuedAt = clockOf(client).now();
  const expiresIn = readSeconds(raw["expires_in"]);
  const expiresAt = expiresIn && issuedAt + expiresIn * 1000;
  return Token.from({ accessToken, issuedAt, expiresAt, raw, ...(scope && { scope }) });
}

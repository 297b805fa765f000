import { ConfigurationError, type OAuth2Session, Token } from "@grantkit/core";
import { must, mustBeFlag, mustBeListOf, optionProblems } from "@grantkit/core/requests";
import { proofOf } from "./app-secret-proof.ts";
import type { FacebookApp } from "./client-options.ts";
import { callGraph, secondsOf, textOf, unusableAnswer } from "./graph-call.ts";
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

const WHAT = "issue a token of a system user";
const RULES = {
  businessId: must("be the ID of a business", (id) => /^\d+$/.test(String(id))),
  scope: mustBeListOf("permissions", "be a permission", (name) => /^[\w.]+$/.test(String(name))),
  fetchOnly: mustBeFlag,
  expiresIn60Days: mustBeFlag,
};

/** Fetches the ID of the business that a token of Login for Business is for. */
export async function fetchClientBusinessId(session: OAuth2Session): Promise<string> {
  const what = "name the client business";
  const fields = await callGraph(session, what, "/me?fields=client_business_id");
  const id = textOf(fields["client_business_id"]);
  if (id === undefined) throw unusableAnswer(what);
  return id;
}

/** Fetches a token of a client business's system user. */
export async function fetchSystemUserToken(
  session: OAuth2Session,
  { key, clock }: FacebookApp,
  options: SystemUserTokenOptions,
): Promise<Token> {
  const call = "fetchSystemUserToken()";
  const problems = optionProblems(options, RULES);
  if (problems.length > 0) throw new ConfigurationError(call, problems, "facebook");
  const { scope, fetchOnly, expiresIn60Days } = options;
  const proof = await proofOf(key, session.token.accessToken, call);
  const businessId = options.businessId ?? (await fetchClientBusinessId(session));
  // In the query, where a timed proof of the client's option replaces it.
  const path = `/${businessId}/system_user_access_tokens?appsecret_proof=${proof}`;
  const body = new URLSearchParams({
    ...(scope && { scope: scope.join(",") }),
    ...(fetchOnly === true && { fetch_only: "true" }),
    ...(expiresIn60Days === true && { set_token_expires_in_60_days: "true" }),
  });
  const { access_token: accessToken, ...raw } = await callGraph(session, WHAT, path, {
    method: "POST",
    body,
  });
  if (typeof accessToken !== "string" || accessToken === "") throw unusableAnswer(WHAT);
  const issuedAt = clock.now();
  const expiresIn = secondsOf(raw["expires_in"]);
  const expiresAt = expiresIn === undefined ? undefined : issuedAt + expiresIn * 1000;
  return Token.from({ accessToken, issuedAt, expiresAt, raw, ...(scope && { scope }) });
}

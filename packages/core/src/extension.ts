/**
 * For packages that authorize requests in another way than OAuth 2.0, as `@grantkit/oauth1` does: sending requests, with
 * the session's guards and errors; and for packages that check options of their own. Apps do not need it.
 *
 * @packageDocumentation
 */
export { SessionRequests } from "./requests/session-requests.ts";
export type {
  Authorization,
  Authorizer,
  HeaderBag,
  HookFailure,
  OutgoingRequest,
  ReceivedAnswer,
  DpopRequest,
} from "./requests/authorizer.ts";
export type { RequestContext, RequestSender, RequestOrigins } from "./requests/request-context.ts";
export type { Session, SessionRequestConfig } from "./requests/session-requests.ts";
export type { SessionRequestInit } from "./requests/fetch-options.ts";
export { RetryBudget, retriesProblems } from "./http/retry-budget.ts";

export { ApiOrigins } from "./http/api-origins.ts";
export type { DescribedApi } from "./http/api-headers.ts";
export { Deadline } from "./http/deadline.ts";
export { insecureOrigins, InsecureHttp, mustBeInsecureOrigins } from "./http/insecure-http.ts";
export { isSecureUrl } from "./http/loopback.ts";
export type { NextHop } from "./http/redirects.ts";
export { urlProblems } from "./http/url-problems.ts";
export { pause } from "./http/pause.ts";
export { unlessAborted } from "./http/unless-aborted.ts";
export { readBytes } from "./http/read-bytes.ts";
export { parseRetryAfter } from "./http/retry-after.ts";
export { Transport } from "./http/transport.ts";
export type { LoadedAxios } from "./http/http-options.ts";
export type { TransportRequest, TransportResponse } from "./http/transport.ts";

export {
  headerOf,
  isRequest,
  queryOf,
  readParameters,
  readPostedForm,
} from "./authorization/callback-parameters.ts";
export type { NodeRequest } from "./authorization/callback-form.ts";
export type { CallbackInput } from "./authorization/callback-parameters.ts";
export { parseBody } from "./http/response-body.ts";
export type { ParsedBody } from "./http/response-body.ts";

export { pollForUser } from "./grants/poll-for-user.ts";
export { publish, publishError, publishRefresh } from "./diagnostics.ts";
export { usageHook } from "./usage-hook.ts";
export {
  accessTokenClaimsOf,
  callWithoutToken,
  clientIdOf,
  clockOf,
  clockToleranceOf,
  grantedSession,
  sharedGrantToken,
} from "./session/provider-session.ts";
export type { SessionGrant } from "./session/provider-session.ts";
export { usableTokenOf } from "./session/session.ts";
export { callApi } from "./session/api-call.ts";
export type { ApiCall, ApiCallAnswer, RefusedCall } from "./session/api-call.ts";
export { providerError } from "./errors/provider-error.ts";
export type { Advice } from "./errors/provider-error.ts";
export { signedJwt } from "./oidc/signed-jwt.ts";
export type { Signer } from "./oidc/signing-key.ts";
export { basicCredentials } from "./oidc/basic-authentication.ts";
export { clientSecretOf } from "./oidc/client-secret.ts";
export { unverifiedClaims } from "./oidc/unverified-claims.ts";
export { sameSecret } from "./crypto/random.ts";
export { decodeBase64Url, hmacSha256 } from "./crypto/digest.ts";
export { checkedOptions } from "./errors/checked-options.ts";
export { throwProblems } from "./errors/configuration-error.ts";
export { codeOfStatus } from "./errors/error-codes.ts";
export { Redactor } from "./errors/redaction.ts";
export {
  anything,
  isFilledText,
  isObject,
  matches,
  must,
  mustBeClock,
  mustBeFlag,
  mustBeFunction,
  mustBeListOf,
  mustBeOneOf,
  mustBeSeconds,
  mustBeSignal,
  mustBeText,
  mustBeUrls,
  optionProblems,
  ruleProblems,
} from "./options/option-rules.ts";
export type { OptionRule, OptionRules } from "./options/option-rules.ts";
export { jsonObject } from "./tokens/json-object.ts";
export { compareScopes, mustBeScope } from "./tokens/scopes.ts";
export { recordEnd } from "./tokens/record-end.ts";
export { isToken } from "./tokens/token.ts";
export { withStoreLock } from "./tokens/store-lock.ts";
export type { StoreLock } from "./tokens/store-lock.ts";
export { pageOfKeys, readKeyQuery } from "./tokens/store-keys.ts";
export { lockTimeout, recordUnreadable } from "./tokens/token-errors.ts";
export { RecentlyUsed } from "./recently-used.ts";
export { saveFailed } from "./refresh/refresh-errors.ts";
export {
  readDate,
  readFields,
  readId,
  readJsonFields,
  readList,
  readSeconds,
  readText,
  readTexts,
  readUnixTime,
} from "./options/read-fields.ts";
export type { Fields } from "./options/read-fields.ts";
export { definedFields, ownFields, ownOptions } from "./options/own-fields.ts";
export { divideAndKeep, dividedOptions } from "./client-parts.ts";
export type { KeptOptions } from "./client-parts.ts";
export { overrideProblems } from "./endpoint-overrides.ts";
export { ENVIRONMENT_RULES } from "./client-problems.ts";
export type { ClientOptionNames } from "./client-problems.ts";
export { apiProblems, isProviderName } from "./provider-problems.ts";

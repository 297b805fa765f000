/**
 * What packages build on that authorise requests in another way than OAuth 2.0: the sending of requests, its guards and
 * its errors. For apps there is nothing here.
 *
 * @packageDocumentation
 */
export { AuthorisedRequests } from "../session/authorised-requests.ts";
export { HookFailure } from "../session/credential.ts";
export type {
  Authorisation,
  Credential,
  HeaderBag,
  OutgoingRequest,
  Provable,
} from "../session/credential.ts";
export type {
  RequestContext,
  RequestingSession,
  RequestOrigins,
} from "../session/requesting-session.ts";
export type { Session, SessionRequestConfig } from "../session/session-interface.ts";
export type { SessionRequestInit } from "../session/authorised-fetch.ts";
export { RetryBudget, retriesProblems } from "../session/retry-budget.ts";

export { ApiOrigins } from "../http/api-target.ts";
export type { DescribedApi } from "../http/api-target.ts";
export { Deadline } from "../http/deadline.ts";
export { isSecureUrl } from "../http/loopback.ts";
export type { NextHop } from "../http/redirects.ts";
export { unlessAborted } from "../http/unless-aborted.ts";
export { parseRetryAfter } from "../http/retry-after.ts";
export { Transport } from "../http/transport.ts";
export type { LoadedAxios, TransportRequest, TransportResponse } from "../http/transport.ts";

export { queryOf } from "../authorization/callback-parameters.ts";
export type { CallbackInput } from "../authorization/callback-parameters.ts";
export { parseBody } from "../http/response-body.ts";
export type { ParsedBody } from "../http/response-body.ts";

export { publish, publishError } from "../diagnostics.ts";
export { Redactor } from "../errors/redaction.ts";
export { ownFields } from "../own-fields.ts";
export { environmentProblems } from "../client-problems.ts";
export {
  apiProblems,
  ENDPOINTS_ELSEWHERE,
  isProviderName,
  unknownFields,
  urlProblems,
} from "../provider-problems.ts";

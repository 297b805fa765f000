import { type Clock, ConfigurationError, OAuthError } from "@grantkit/core";
import {
  Deadline,
  type OutgoingRequest,
  ownFields,
  publish,
  publishError,
  Redactor,
  type Transport,
  unlessAborted,
  urlProblems,
} from "@grantkit/core/requests";
import { withEncodedForms } from "../signing/percent-encoding.ts";
import type { SignatureType } from "../signing/placement.ts";
import type { OAuthValues } from "../signing/protocol-parameters.ts";
import type { Signer } from "../signing/signer.ts";
import type { OAuth1Token } from "../token.ts";
import { signOutgoing } from "./signed-request.ts";
import { readTokenReply, type TokenReply } from "./token-reply.ts";

/** The most bytes of a reply that are read. */
const LARGEST_REPLY = 64 * 1024;

/** Milliseconds for a token request. */
const TIMEOUT = 10_000;

/** What token requests are sent with. */
export interface TokenRequestContext {
  readonly provider: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly signer: Signer;
  readonly signatureType: SignatureType;
  readonly timeout: number | undefined;
  /** The headers of the provider's API, for token endpoints at one of its origins. */
  readonly headersFor: (url: URL) => Readonly<Record<string, string>> | undefined;
  readonly secrets: readonly (string | undefined)[];
}

/** One request for a token. */
export interface TokenRequest {
  readonly endpoint: keyof typeof ENDPOINTS;
  readonly url: string | URL | undefined;
  readonly method: "GET" | "POST";
  /** The OAuth parameters of the request. */
  readonly values: OAuthValues;
  /** Further parameters: form fields of a POST, the query of a GET. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The names of an endpoint and of its URL in errors. */
const ENDPOINTS = {
  requestToken: { what: "the request token endpoint", urlName: "requestTokenUrl" },
  accessToken: { what: "the access token endpoint", urlName: "accessTokenUrl" },
};

/**
 * Requests a request token (RFC 5849 §2.1) or an access token (§2.3): signed, and never redirected.
 *
 * @throws ConfigurationError for a URL that secrets cannot go to; TokenRequestDenied; OAuthError with code
 * `CALLBACK_NOT_CONFIRMED`, `TOKEN_RESPONSE_INVALID`, `RESPONSE_TOO_LARGE`, `TIMEOUT`, `ABORTED` or `NETWORK_ERROR`.
 */
export async function fetchToken(
  context: TokenRequestContext,
  asked: TokenRequest,
): Promise<OAuth1Token> {
  const request = ownFields(asked);
  const { provider, clock } = context;
  const start = clock.now();
  try {
    const { token, fields } = await fetchReply(context, request);
    if (request.endpoint === "requestToken") checkConfirmed(provider, fields);
    else publishToken(provider, token, start, clock.now());
    return token;
  } catch (error) {
    publishError(provider, error);
    throw error;
  }
}

function publishToken(provider: string, token: OAuth1Token, start: number, now: number): void {
  publish("grantkit:token", () => ({
    provider,
    grant: "oauth1_access_token",
    scope: undefined,
    expiresIn: token.expiresAt && (token.expiresAt.getTime() - now) / 1000,
    duration: now - start,
  }));
}

async function fetchReply(
  context: TokenRequestContext,
  request: TokenRequest,
): Promise<TokenReply> {
  const { provider, transport, clock } = context;
  const { endpoint, method, values, signal } = request;
  const { what } = ENDPOINTS[endpoint];
  const url = checkedUrl(provider, request, transport.insecureHttp.origins);
  const fields = Object.entries(request.parameters ?? {});
  if (method === "GET") {
    for (const [name, value] of fields) url.searchParams.append(name, value);
  }
  const hasForm = method === "POST" && (fields.length > 0 || context.signatureType === "body");
  const outgoing: OutgoingRequest & { readonly headers: Headers } = {
    url,
    method,
    headers: new Headers(context.headersFor(url)),
    body: hasForm ? new URLSearchParams(fields) : undefined,
  };
  await signInTime(context, request, outgoing);
  const response = await transport.send({
    url: outgoing.url.href,
    method,
    headers: Object.fromEntries(outgoing.headers),
    // A form, as the signer writes it.
    body: outgoing.body as string | undefined,
    signal,
    timeout: context.timeout ?? TIMEOUT,
    maxBytes: LARGEST_REPLY,
    what,
  });
  const redactor = new Redactor(
    withEncodedForms([
      ...context.secrets,
      ...secretsIn(values),
      ...fields.map(([, value]) => value),
    ]),
  );
  return readTokenReply({ provider, what, now: clock.now(), redactor }, response);
}

/** Signs within the deadline: a signature method of the caller's has no limit of its own. */
async function signInTime(
  { provider, signer, clock, timeout = TIMEOUT }: TokenRequestContext,
  { endpoint, values, signal }: TokenRequest,
  outgoing: OutgoingRequest,
): Promise<void> {
  const signing = signOutgoing(signer, outgoing, values);
  if (!signing) return;
  const { what } = ENDPOINTS[endpoint];
  const deadline = new Deadline(clock, timeout, signal);
  try {
    await unlessAborted(signing, deadline.signal);
  } catch (error) {
    if (deadline.expired) {
      throw new OAuthError(
        "TIMEOUT",
        `The request to ${what} of ${provider} was not signed within ${timeout} ms. Look into sign() of your signatureMethod, or raise the timeout option.`,
        { provider, retryable: true },
      );
    }
    if (!signal?.aborted) throw error;
    throw new OAuthError("ABORTED", `The call to ${what} of ${provider} was aborted.`, {
      provider,
    });
  } finally {
    deadline.clear();
  }
}

/** The values of a request that no error may show. */
function secretsIn(values: OAuthValues): (string | undefined)[] {
  const { token, tokenSecret, verifier, callback = "", further = {} } = ownFields(values);
  // A callback's query may hold the app's own key to the user's session.
  const own = URL.canParse(callback) ? [...new URL(callback).searchParams.values()] : [];
  return [token, tokenSecret, verifier, ...own, ...Object.values(further)];
}

function checkedUrl(
  provider: string,
  { url, endpoint }: TokenRequest,
  insecureHttp: readonly string[],
): URL {
  const { urlName } = ENDPOINTS[endpoint];
  if (url === undefined) {
    throw new ConfigurationError(
      "OAuth1Session",
      [`${urlName} is missing: pass { url }, or give the session a provider`],
      provider,
    );
  }
  const problems = urlProblems(urlName, String(url), insecureHttp);
  if (problems.length > 0) throw new ConfigurationError("OAuth1Session", problems, provider);
  return new URL(url);
}

/** @throws OAuthError with code `CALLBACK_NOT_CONFIRMED` for a reply that does not confirm the callback. */
function checkConfirmed(provider: string, fields: TokenReply["fields"]): void {
  const { oauth_callback_confirmed: confirmed } = fields;
  if (confirmed === "true" || confirmed === true) return;
  throw new OAuthError(
    "CALLBACK_NOT_CONFIRMED",
    `${provider} did not confirm the callback (oauth_callback_confirmed=true, RFC 5849 §2.1). It speaks OAuth 1.0 without the fix of 2009, where an attacker can have a user authorize the attacker's request token; the sign-in was stopped.`,
    { provider },
  );
}

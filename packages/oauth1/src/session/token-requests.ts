import { type Clock, ConfigurationError, OAuthError } from "@grantkit/core";
import {
  Deadline,
  type OutgoingRequest,
  Redactor,
  type Transport,
  unlessAborted,
  urlProblems,
} from "@grantkit/core/requests";
import type { SignatureType } from "../signing/placement.ts";
import type { OAuthValues, Signer } from "../signing/signer.ts";
import { signOutgoing } from "./signed-request.ts";
import { withEncodedForms } from "./encoded-forms.ts";
import { readTokenReply, type TokenReply } from "./token-reply.ts";

/** Bytes of a reply with a token that are read at most. */
const LARGEST_REPLY = 64 * 1024;

/** Milliseconds for a token request when nobody says otherwise. */
const TIMEOUT = 10_000;

/** What token requests are sent with. */
export interface TokenRequestContext {
  readonly provider: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly signer: Signer;
  readonly signatureType: SignatureType;
  readonly timeout: number | undefined;
  /** Headers for a URL of the provider's API, where some token endpoints are. */
  readonly headersFor: (url: URL) => Readonly<Record<string, string>> | undefined;
  readonly secrets: readonly (string | undefined)[];
}

/** One request for a token. */
export interface TokenRequest {
  /** The URL, and what it is to the caller: "requestTokenUrl". */
  readonly url: string | URL | undefined;
  readonly urlName: string;
  readonly method: "GET" | "POST";
  /** For errors: "the request token endpoint". */
  readonly what: string;
  /** What is signed with it. */
  readonly protocol: OAuthValues;
  /** Further parameters: form fields of a POST, the query of a GET. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks for a token (RFC 5849 §2.1 and §2.3): signed, and never redirected.
 *
 * @throws ConfigurationError for a URL that secrets cannot go to; TokenRequestDenied; OAuthError with code
 * `TOKEN_RESPONSE_INVALID`, `RESPONSE_TOO_LARGE`, `TIMEOUT`, `ABORTED` or `NETWORK_ERROR`.
 */
export async function fetchTokenReply(
  context: TokenRequestContext,
  request: TokenRequest,
): Promise<TokenReply> {
  const { provider, transport, clock } = context;
  const { method, what, protocol } = request;
  const url = checkedUrl(provider, request);
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
  // A form, as the signer writes it.
  const body = outgoing.body as string | undefined;
  const response = await transport.send({
    url: outgoing.url.href,
    method,
    headers: Object.fromEntries(outgoing.headers),
    body,
    signal: request.signal,
    timeout: context.timeout ?? TIMEOUT,
    maxBytes: LARGEST_REPLY,
    what,
  });
  const parameters = fields.map(([, value]) => value);
  const redactor = new Redactor(
    withEncodedForms([...context.secrets, ...secretsIn(protocol), ...parameters]),
  );
  return readTokenReply({ provider, what, now: clock.now(), redactor }, response);
}

/** Signs; a registered method that asks somebody else for the signature has no limit of its own. */
async function signInTime(
  { provider, signer, clock, timeout = TIMEOUT }: TokenRequestContext,
  { what, protocol, signal }: TokenRequest,
  outgoing: OutgoingRequest,
): Promise<void> {
  const signing = signOutgoing(signer, outgoing, protocol);
  if (!signing) return;
  const deadline = new Deadline(clock, timeout, signal);
  try {
    await unlessAborted(signing, deadline.signal);
  } catch (error) {
    if (deadline.expired) {
      throw new OAuthError(
        "TIMEOUT",
        `The request to ${what} of ${provider} was not signed within ${timeout} ms. Look into the registered signature method, or raise the timeout option.`,
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

/** What was sent beside the client's own secret, and is as good as a password. */
function secretsIn(values: OAuthValues): (string | undefined)[] {
  const { token, tokenSecret, verifier, callback = "", further = {} } = values;
  // What a callback has in its query may be the app's own key to the user's session.
  const own = URL.canParse(callback) ? [...new URL(callback).searchParams.values()] : [];
  return [token, tokenSecret, verifier, ...own, ...Object.values(further)];
}

function checkedUrl(provider: string, { url, urlName }: TokenRequest): URL {
  if (url === undefined) {
    throw new ConfigurationError(
      "OAuth1Session",
      [`${urlName} is missing: pass the URL, or give the session a provider`],
      provider,
    );
  }
  const problems = urlProblems(urlName, String(url));
  if (problems.length > 0) throw new ConfigurationError("OAuth1Session", problems, provider);
  return new URL(url);
}

/** @throws OAuthError with code `CALLBACK_NOT_CONFIRMED` for a reply that does not say that the callback was understood. */
export function checkConfirmed(provider: string, { fields }: TokenReply): void {
  if (
    fields["oauth_callback_confirmed"] === "true" ||
    fields["oauth_callback_confirmed"] === true
  ) {
    return;
  }
  throw new OAuthError(
    "CALLBACK_NOT_CONFIRMED",
    `${provider} did not confirm the callback (oauth_callback_confirmed=true, RFC 5849 §2.1): it speaks OAuth 1.0 without the fix of 2009, where anybody can have their request token authorized by somebody else. The sign-in was not begun.`,
    { provider },
  );
}

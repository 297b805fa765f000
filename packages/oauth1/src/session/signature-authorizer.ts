import { OAuthError } from "@grantkit/core";
import type {
  Authorization,
  Authorizer,
  NextHop,
  OutgoingRequest,
  ReceivedAnswer,
} from "@grantkit/core/requests";
import { type Eventual, whenThere } from "../signing/crypto.ts";
import { withEncodedForms } from "../signing/percent-encoding.ts";
import type { SignatureType } from "../signing/placement.ts";
import { isProtocolParameter } from "../signing/protocol-parameters.ts";
import type { Signer } from "../signing/signer.ts";
import type { OAuth1Token } from "../token.ts";
import { secretsOf, type SessionToken } from "./session-token.ts";
import { signOutgoing } from "./signed-request.ts";

/** What a session signs its requests with. */
export interface SigningParts {
  readonly provider: string;
  readonly signer: Signer;
  readonly signatureType: SignatureType;
  readonly token: SessionToken;
  /** Undefined for none, and once it is used. */
  readonly realm: string | undefined;
  /** Values that no error and no log may show. */
  readonly secrets: readonly (string | undefined)[];
}

/** Signs a session's requests with the client's keys and the user's token (RFC 5849 §3). */
export class SignatureAuthorizer implements Authorizer {
  readonly rateLimitWait = undefined;
  readonly #parts: SigningParts;

  constructor(parts: SigningParts) {
    this.#parts = parts;
  }

  get secrets(): readonly (string | undefined)[] {
    const { secrets, token } = this.#parts;
    return withEncodedForms([...secrets, ...secretsOf(token.current)]);
  }

  checkTarget(url: URL): void {
    const field = protocolParametersOf(url)[0];
    if (field === undefined) return;
    throw new OAuthError(
      "TOKEN_IN_URL",
      `The request's URL has ${field} in it. Leave it out: the session adds the parameters of the signature by itself.`,
      { provider: this.#parts.provider },
    );
  }

  usable(signal: AbortSignal): Eventual<Signature> {
    const usable = this.#parts.token.usable(signal);
    return whenThere(usable, (token) => new Signature(this.#parts, token));
  }

  /**
   * Whether an answer refuses the token: a 401 whose `oauth_problem` says so, or that has none. For a token that another
   * request has refreshed meanwhile any 401 will do: the provider may have forgotten it.
   */
  isRefusal(answer: ReceivedAnswer, sent: Signature): boolean {
    if (answer.status !== 401) return false;
    if (sent.token && this.#parts.token.isSuperseded(sent.token)) return true;
    const challenge = answer.header("www-authenticate") ?? "";
    const problem = /\boauth_problem="?(\w+)/.exec(challenge)?.[1];
    return problem === undefined || problem === "token_expired";
  }

  replacement(refused: Signature, signal: AbortSignal): Promise<Signature> | undefined {
    const replacing = this.#parts.token.replacement(refused.token, signal);
    return replacing?.then((next) => new Signature(this.#parts, next));
  }
}

/** What one attempt is signed with: each of its requests gets a signature of its own. */
class Signature implements Authorization {
  readonly token: OAuth1Token | undefined;
  readonly #parts: SigningParts;

  constructor(parts: SigningParts, token: OAuth1Token | undefined) {
    this.#parts = parts;
    this.token = token;
  }

  get secrets(): readonly (string | undefined)[] {
    return withEncodedForms(secretsOf(this.token));
  }

  place(request: OutgoingRequest): Eventual<void> {
    const { signer, realm } = this.#parts;
    request.headers.delete("Authorization");
    const values = { token: this.token?.key, tokenSecret: this.token?.secret, realm };
    return signOutgoing(signer, request, values);
  }

  /** To the same origin only, and not if its place was a body that the redirect drops. */
  followsTo({ sameOrigin, keepBody }: NextHop): boolean {
    return sameOrigin && (keepBody || this.#parts.signatureType !== "body");
  }

  removedFrom(url: URL): URL {
    const repeated = protocolParametersOf(url);
    if (repeated.length === 0) return url;
    const clean = new URL(url);
    for (const name of repeated) clean.searchParams.delete(name);
    return clean;
  }
}

/** The protocol's own parameters in a URL's query. */
function protocolParametersOf(url: URL): string[] {
  return url.search === "" ? [] : [...url.searchParams.keys()].filter(isProtocolParameter);
}

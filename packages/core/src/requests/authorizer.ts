import type { NextHop } from "../http/redirects.ts";

/** Headers, as axios and the platform's fetch both have them. */
export interface HeaderBag extends Iterable<[string, unknown]> {
  /** The value, or what stands for none. */
  get(name: string): unknown;
  /** Puts a value in the place of whatever is there. */
  set(name: string, value: string, rewrite?: boolean): unknown;
  /** Takes a header away. */
  delete(name: string): unknown;
}

/** A request on its way out, which a credential may change before it is sent. */
export interface OutgoingRequest {
  /** Not to be changed in place. */
  url: URL;
  /** In upper case. */
  method: string;
  /** To be changed in place. */
  readonly headers: HeaderBag;
  /** As axios's transforms left it, or as it was given to `fetch`. */
  body: unknown;
}

/** A request that can be sent with a header that proves something, whatever sends it. */
export interface DpopRequest<Answer> {
  /** In upper case. */
  readonly method: string;
  /** As it is sent. */
  readonly url: URL;
  /** Whether its body can be sent again. */
  readonly replayable: boolean;
  /** Sends it with a proof. */
  send(proof: string): Promise<Answer>;
  /** An answer's status. */
  status(answer: Answer): number;
  /** An answer's header. */
  header(answer: Answer, name: string): string | null | undefined;
  /** Lets go of an answer that nobody reads. */
  discard(answer: Answer): unknown;
}

/** What one attempt of a request is authorized with. */
export interface Authorization {
  /** What must be seen nowhere. */
  readonly secrets: readonly (string | undefined)[];
  /**
   * Puts itself into a request: anew for each attempt and each redirect.
   *
   * @throws OAuthError, or a {@link HookFailure}; nothing is sent then.
   */
  place(request: OutgoingRequest): Promise<void> | void;
  /** Whether it may go along a redirect. */
  followsTo(hop: NextHop): boolean;
  /** A redirect's URL without what the server repeated of it. */
  removedFrom(url: URL): URL;
  /** Sends a request that needs a proof made at the last moment. */
  transmit?<Answer>(request: DpopRequest<Answer>): Promise<Answer>;
}

/** What a session's requests are authorized with: a token that is put into them, or keys that sign them. */
export interface Authorizer {
  /** What must be seen nowhere, whatever is sent. */
  readonly secrets: readonly (string | undefined)[];
  /**
   * Refuses a URL that has something in it which the session adds.
   *
   * @throws OAuthError
   */
  checkTarget(url: URL): void;
  /**
   * What to authorize the next request with.
   *
   * @throws OAuthError when there is nothing; nothing has been sent then.
   */
  usable(signal: AbortSignal): Promise<Authorization>;
  /** Whether an answer says that the authorization which was sent, and not the request, was bad. */
  isRefusal(status: number, challenge: string | null | undefined, sent: Authorization): boolean;
  /** What to send in the place of one that was refused; undefined when there is nothing better. */
  replacement(refused: Authorization, signal: AbortSignal): Promise<Authorization | undefined>;
}

/** What a hook or another function of the caller's threw, on its way out: their own error, not the network's. */
export class HookFailure {
  /** What they threw. */
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    this.thrown = thrown;
  }
}

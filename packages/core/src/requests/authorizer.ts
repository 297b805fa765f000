import type { NextHop } from "../http/redirects.ts";

/** Headers that can be changed: axios's `AxiosHeaders` and the platform's `Headers` both fit. */
export interface HeaderBag extends Iterable<[string, unknown]> {
  /** The header's value; `null` or `undefined` when it is absent. */
  get(name: string): unknown;
  /** Sets a header, replacing its earlier value. */
  set(name: string, value: string, rewrite?: boolean): unknown;
  /** Removes a header. */
  delete(name: string): unknown;
}

/** A request before it is sent, which an authorization may change. */
export interface OutgoingRequest {
  /** Replaced, never changed in place. */
  url: URL;
  /** In upper case. */
  method: string;
  /** Changed in place. */
  readonly headers: HeaderBag;
  /** As axios's transforms left it, or as it was given to `fetch`. */
  body: unknown;
}

/** A request that is sent with a DPoP proof (RFC 9449), by axios or by fetch. */
export interface DpopRequest<Answer> {
  /** In upper case. */
  readonly method: string;
  /** The URL as it is sent. */
  readonly url: URL;
  /** Whether its body can be sent again. */
  readonly replayable: boolean;
  /** Sends the request with a proof. */
  send(proof: string): Promise<Answer>;
  /** An answer's status. */
  status(answer: Answer): number;
  /** An answer's header. */
  header(answer: Answer, name: string): string | null | undefined;
  /** Discards an answer that nobody reads. */
  discard(answer: Answer): unknown;
}

/** The parts of a response that show whether the token has expired. */
export interface ReceivedAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** A header's value, by its name in any letter case. */
  header(name: string): string | null | undefined;
  /** The body as text, at most its first 64 KiB; undefined for a longer or an absent one. The caller can still read it. */
  text(): Promise<string | undefined>;
}

/** What one attempt of a request is authorized with. */
export interface Authorization {
  /** Values that no error and no log may show. */
  readonly secrets: readonly (string | undefined)[];
  /**
   * Adds the authorization to a request; called for each attempt and each redirect.
   *
   * @throws OAuthError, or a {@link HookFailure}; nothing is sent then.
   */
  place(request: OutgoingRequest): Promise<void> | void;
  /** Called with each answer, of any status; what it throws, the request throws. */
  received?(
    request: { readonly url: URL; readonly method: string },
    answer: ReceivedAnswer,
  ): Promise<void> | undefined;
  /** Whether the request that a redirect leads to may carry this authorization. */
  followsTo(hop: NextHop): boolean;
  /** Removes the token from a redirect's URL, if the server repeated it there. */
  removedFrom(url: URL): URL;
  /** Sends a request that needs a proof made at the last moment. */
  transmit?<Answer>(request: DpopRequest<Answer>): Promise<Answer>;
}

/** Authorizes a session's requests: with a token that is placed in them, or with keys that sign them. */
export interface Authorizer {
  /** Values that no error and no log may show, whatever is sent. */
  readonly secrets: readonly (string | undefined)[];
  /**
   * Refuses a URL that holds a parameter which the session adds by itself.
   *
   * @throws OAuthError
   */
  checkTarget(url: URL): void;
  /**
   * What to authorize the next request with.
   *
   * @throws OAuthError when there is nothing; nothing has been sent then.
   */
  usable(signal: AbortSignal): Promise<Authorization> | Authorization;
  /** Whether an answer refuses the authorization that was sent, and not the request. */
  isRefusal(answer: ReceivedAnswer, sent: Authorization): Promise<boolean> | boolean;
  /**
   * What to send in the place of a refused authorization; undefined when there is nothing better. It is undefined at once,
   * and not by a promise, where nothing could be better: the refused answer then stays as it arrived.
   */
  replacement(
    refused: Authorization,
    signal: AbortSignal,
  ): Promise<Authorization | undefined> | undefined;
  /**
   * Milliseconds after which a refused authorization is sent again as it is, because it is so new that not every server knows
   * it; undefined where that does not help. Absent where authorizations are known everywhere at once.
   *
   * @param times - How many times this request was sent again so far.
   */
  settlingPause?(refused: Authorization, times: number): number | undefined;
  /**
   * Seconds to wait before the request is sent again, because a rate limit of the API refused it; undefined for any other
   * answer. Undefined where the client waits for no such limit.
   *
   * @param waited - Seconds for which this request has waited so far.
   */
  readonly rateLimitWait:
    ((answer: ReceivedAnswer, waited: number) => Promise<number | undefined>) | undefined;
  /** The URL of a request that is sent again with another authorization; absent where it stays. */
  moved?(url: URL, refused: Authorization, next: Authorization): URL;
}

/** Wraps what a function of the caller's threw (a hook, a predicate), so that it is not taken for a network error. */
export class HookFailure {
  /** What the function threw. */
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    this.thrown = thrown;
  }
}

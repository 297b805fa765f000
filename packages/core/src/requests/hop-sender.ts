import type { HeldAnswer } from "../http/held-body.ts";
import type { RedirectEffects } from "../http/redirects.ts";
import type { Authorization, HeaderBag, OutgoingRequest } from "./authorizer.ts";

/** One request of a journey: the first, or one that a redirect leads to. */
export interface Hop extends RedirectEffects {
  /** Where it goes, without the token. */
  readonly url: URL;
  /** In upper case. */
  readonly method: string;
  /** Undefined where the request goes without the token. */
  readonly authorization: Authorization | undefined;
}

/** Sends one hop with axios or with fetch; the journey decides what is sent, and what follows. */
export interface HopSender<Answer extends { readonly status: number }> {
  /** The body as the caller gave it. */
  readonly body: unknown;
  /** Whether the caller gave a body. */
  readonly hasBody: boolean;
  /** A copy of the headers that the caller and the provider's API want sent. */
  headers(): HeaderBag;
  /** Sends a request once, and follows no redirect. */
  send(request: OutgoingRequest, hop: Hop): Promise<Answer>;
  /** An answer's header, by its name in lower case. */
  header(answer: Answer, name: string): string | null | undefined;
  /** The start of an answer's body as text, and an answer whose body can still be read. */
  text(answer: Answer): Promise<string | undefined>;
  /** Discards an answer that nobody reads. */
  discard(answer: Answer): void;
  /** Lets go of an answer's connection while the request waits for a newer token. */
  hold(answer: Answer): HeldAnswer<Answer>;
  /** What the caller sees of an error that axios or fetch threw: that error holds the request, with its token. */
  failure(error: unknown, url: URL, authorization: Authorization | undefined): unknown;
}

/** The last answer of a journey. */
export interface Arrival<Answer> {
  readonly answer: Answer;
  /** What the request was authorized with, for taking its secrets out of the answer's errors. */
  readonly authorization: Authorization | undefined;
  /** The URL that answered, without the token. */
  readonly url: URL;
  /** Whether a redirect led there. */
  readonly redirected: boolean;
  /** Whether the API refused a token that was then refreshed, and the request was not repeated because its body is a stream. */
  readonly unrepeated?: boolean;
}

/** What came of a refused answer. */
export interface Refreshed<Answer> {
  readonly answer: Answer;
  readonly isRefreshed: boolean;
  /** The hop to send; undefined where the answer is the last, because its request cannot be sent again or nothing is newer. */
  readonly hop?: Hop;
}

/** What a journey does about redirects: returns them, refuses them, or follows so many. */
export type RedirectPolicy = "manual" | "error" | number;

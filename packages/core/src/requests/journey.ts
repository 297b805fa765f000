import { OAuthError } from "../errors/oauth-error.ts";
import type { Deadline } from "../http/deadline.ts";
import { isRedirect, nextHop } from "../http/redirects.ts";
import { isReset } from "../http/network-errors.ts";
import { type Attempts, ConnectionReset, isReplayable } from "../http/retries.ts";
import { unlessAborted } from "../http/unless-aborted.ts";
import {
  type Authorization,
  HookFailure,
  type OutgoingRequest,
  type ReceivedAnswer,
} from "./authorizer.ts";
import type { Arrival, Hop, HopSender, RedirectPolicy, Refreshed } from "./hop-sender.ts";
import { headersFor, hopAfter, showAnswer, withProof } from "./hops.ts";
import type { RequestSender } from "./request-context.ts";
import { type RateLimitWaits, rateLimitWaits } from "./rate-limit-wait.ts";
import { watched } from "./request-events.ts";

/**
 * Sends one request of a session: with retries, redirects and one refresh of an expired token, within one deadline. It is
 * the same for axios and for fetch, which differ in how they send a hop.
 */
export class Journey<Answer extends { readonly status: number }> {
  readonly #session: RequestSender;
  readonly #sender: HopSender<Answer>;
  readonly #attempts: Attempts;
  readonly #deadline: Deadline;
  readonly #rateLimits: RateLimitWaits<Answer> | undefined;
  readonly #redirects: RedirectPolicy;
  #refreshed = false;
  #settlingPauses = 0;

  constructor(
    session: RequestSender,
    sender: HopSender<Answer>,
    attempts: Attempts,
    deadline: Deadline,
    redirects: RedirectPolicy,
  ) {
    this.#session = session;
    this.#sender = sender;
    this.#attempts = attempts;
    this.#deadline = deadline;
    this.#rateLimits = rateLimitWaits(session, sender, attempts, deadline);
    this.#redirects = redirects;
  }

  /** Sends the request, and again after a transient failure; each attempt has the newest authorization. */
  async sendWithRetries(url: URL, method: string, withheld: boolean): Promise<Arrival<Answer>> {
    const { signal } = this.#deadline;
    if (signal.aborted) throw this.#sender.failure(signal.reason, url, undefined);
    for (;;) {
      let pause: number | undefined;
      try {
        const usable = withheld ? undefined : this.#session.authorizer.usable(signal);
        const authorization = usable instanceof Promise ? await this.#waited(url, usable) : usable;
        const arrival = await this.#follow(url, method, authorization);
        const { answer } = arrival;
        const waiting = this.#rateLimits?.wait(answer, this.#received(answer, url));
        if (waiting && (await this.#waited(url, waiting))) continue;
        const retryAfter = this.#sender.header(answer, "retry-after");
        pause = this.#attempts.next({ status: answer.status, retryAfter });
        if (pause === undefined) return arrival;
        this.#sender.discard(answer);
      } catch (error) {
        if (!(error instanceof ConnectionReset)) throw error;
        pause = this.#attempts.next({});
        if (pause === undefined) throw error.error;
      }
      await this.#waited(url, this.#attempts.wait(pause, signal));
    }
  }

  /** Sends the request and follows where its answers lead: to the same hop with a newer authorization, or to a redirect. */
  async #follow(
    url: URL,
    method: string,
    first: Authorization | undefined,
  ): Promise<Arrival<Answer>> {
    let hop: Hop = { url, method, authorization: first, crossed: false, dropBody: false };
    let given = first;
    let followed = 0;
    for (;;) {
      let answer: Answer | undefined;
      try {
        answer = await this.#sendHop(hop);
        const told = showAnswer(hop, this.#received(answer, hop.url));
        if (told) await told;
        const refreshing = this.#refreshedHop(answer, hop);
        const refreshed = refreshing && (await refreshing);
        answer = refreshed?.answer ?? answer;
        let next = refreshed?.hop;
        if (next) {
          given = next.authorization;
        } else {
          next = this.#redirectedHop(answer, hop, given, followed);
          if (!next) {
            const unrepeated = refreshed !== undefined && refreshed.isRefreshed;
            const redirected = followed > 0;
            return { answer, authorization: given, url: hop.url, redirected, unrepeated };
          }
          followed += 1;
        }
        this.#sender.discard(answer);
        hop = next;
      } catch (error) {
        if (!answer) throw this.#sendFailure(error, hop);
        this.#sender.discard(answer);
        throw error;
      }
    }
  }

  /**
   * The hop with a newer authorization, once, if the API refused the one that was sent; undefined, at once, for nearly
   * every answer. Only this hop is repeated, because the server has already processed the hops before a redirect.
   */
  #refreshedHop(answer: Answer, hop: Hop): Promise<Refreshed<Answer> | undefined> | undefined {
    const { authorization, url } = hop;
    if (!authorization) return undefined;
    const { authorizer } = this.#session;
    const pause = authorizer.settlingPause?.(authorization, this.#settlingPauses);
    if (this.#refreshed && pause === undefined) return undefined;
    const judged = authorizer.isRefusal(this.#received(answer, url), authorization);
    return judged === false ? undefined : this.#refreshIf(judged, answer, hop, pause);
  }

  async #refreshIf(
    judged: Promise<boolean> | true,
    answer: Answer,
    hop: Hop,
    settlingPause: number | undefined,
  ): Promise<Refreshed<Answer> | undefined> {
    if (judged !== true && !(await this.#waited(hop.url, judged))) return undefined;
    const isRepeatable = hop.dropBody || isReplayable(this.#sender.body);
    if (settlingPause !== undefined && isRepeatable) {
      this.#settlingPauses += 1;
      await this.#waited(hop.url, this.#attempts.wait(settlingPause, this.#deadline.signal));
      return { answer, isRefreshed: false, hop };
    }
    const refused = hop.authorization as Authorization;
    const replacing = this.#session.authorizer.replacement(refused, this.#deadline.signal);
    if (!replacing) return undefined;
    // The refresh may need the answer's connection.
    const held = this.#sender.hold(answer);
    let authorization: Authorization | undefined;
    try {
      authorization = await this.#waited(hop.url, replacing);
    } catch (error) {
      held.discard();
      throw error;
    }
    if (!authorization || !isRepeatable) {
      return { answer: await held.restore(), isRefreshed: authorization !== undefined };
    }
    held.discard();
    this.#refreshed = true;
    const url = this.#session.authorizer.moved?.(hop.url, refused, authorization) ?? hop.url;
    return { answer, isRefreshed: true, hop: { ...hop, url, authorization } };
  }

  /** The hop that a redirect leads to; undefined for an answer that is the request's last. */
  #redirectedHop(
    answer: Answer,
    hop: Hop,
    given: Authorization | undefined,
    followed: number,
  ): Hop | undefined {
    if (!isRedirect(answer.status) || this.#redirects === "manual") return undefined;
    const { provider, transport } = this.#session.context.client;
    const next = nextHop({
      provider: provider.name,
      status: answer.status,
      location: this.#sender.header(answer, "location"),
      url: hop.url,
      method: hop.method,
      hasBody: !hop.dropBody && this.#sender.hasBody,
      followed,
      most: this.#redirects === "error" ? 0 : this.#redirects,
      insecureHttp: transport.insecureHttp.origins,
    });
    if (!next || (next.keepBody && !isReplayable(this.#sender.body))) return undefined;
    return hopAfter(hop, next, given);
  }

  #received(answer: Answer, url: URL): ReceivedAnswer {
    let text: Promise<string | undefined> | undefined;
    return {
      status: answer.status,
      header: (name) => this.#sender.header(answer, name.toLowerCase()),
      // Read once: two readers of a stream would get a part each.
      text: () => (text ??= this.#waited(url, this.#sender.text(answer))),
    };
  }

  /** Sends one request, authorized, and gives its answer, of any status. */
  #sendHop(hop: Hop): Promise<Answer> {
    const request: OutgoingRequest = {
      url: hop.url,
      method: hop.method,
      headers: headersFor(hop, this.#sender.headers(), this.#session),
      body: hop.dropBody ? undefined : this.#sender.body,
    };
    const { body } = request;
    const placing = hop.authorization?.place(request);
    // A hook, or a signature that is made elsewhere, has no time limit of its own.
    return placing
      ? unlessAborted(placing, this.#deadline.signal).then(() => this.#transmit(request, hop, body))
      : this.#transmit(request, hop, body);
  }

  #transmit(request: OutgoingRequest, hop: Hop, given: unknown): Promise<Answer> {
    // A length that the caller gave is that of the body that they gave.
    if (request.body !== given) request.headers.delete("Content-Length");
    this.#attempts.sending(request.method);
    const { signal } = this.#deadline;
    return watched(
      this.#session,
      { url: hop.url, method: request.method, attempt: this.#attempts.number, signal },
      () =>
        hop.authorization?.transmit
          ? hop.authorization.transmit(withProof(this.#sender, request, hop))
          : this.#sender.send(request, hop),
    );
  }

  /** What is thrown for an error of a hop. */
  #sendFailure(error: unknown, { url, authorization }: Hop): unknown {
    const clean = this.#clean(error, url, authorization);
    // An error of ours, or of the caller's hook, stays what it is, whatever its cause.
    const isForeign = clean !== error && !(error instanceof HookFailure);
    const isResetHop = isForeign && !this.#deadline.signal.aborted && isReset(error);
    return isResetHop ? new ConnectionReset(clean) : clean;
  }

  /** The result of what the journey waited for; an abort or the deadline comes out as the sender's own error. */
  async #waited<T>(url: URL, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw this.#clean(error, url, undefined);
    }
  }

  #clean(error: unknown, url: URL, authorization: Authorization | undefined): unknown {
    if (error instanceof HookFailure) return error.thrown;
    return OAuthError.isInstance(error) ? error : this.#sender.failure(error, url, authorization);
  }
}

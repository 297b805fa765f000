import { OAuthError } from "../errors/oauth-error.ts";
import type { Deadline } from "../http/deadline.ts";
import type { HeldAnswer } from "../http/held-body.ts";
import { nextHop } from "../http/redirects.ts";
import { unlessAborted } from "../http/unless-aborted.ts";
import {
  type Authorization,
  type DpopRequest,
  HookFailure,
  type OutgoingRequest,
  type ReceivedAnswer,
} from "./authorizer.ts";
import type { Arrival, Hop, HopSender, RedirectPolicy } from "./hop-sender.ts";
import { headersFor } from "./hop-headers.ts";
import type { RequestSender } from "./request-context.ts";
import { watched } from "./request-events.ts";
import { type Attempts, ConnectionReset, isReplayable, isReset, mayPass } from "./retries.ts";

/**
 * Sends one request of a session: with retries, redirects and one refresh of an expired token, within one deadline. It is
 * the same for axios and for fetch, which differ in how they send a hop.
 */
export class Journey<Answer extends { readonly status: number }> {
  readonly #session: RequestSender;
  readonly #sender: HopSender<Answer>;
  readonly #attempts: Attempts;
  readonly #deadline: Deadline;
  readonly #followsRedirects: boolean;
  readonly #mostRedirects: number;
  #refreshed = false;

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
    this.#followsRedirects = redirects !== "manual";
    this.#mostRedirects = typeof redirects === "number" ? redirects : 0;
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
        if (!mayPass(answer.status)) return arrival;
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

  /** Sends the request and follows its redirects. */
  async #follow(
    url: URL,
    method: string,
    first: Authorization | undefined,
  ): Promise<Arrival<Answer>> {
    let hop: Hop = { url, method, authorization: first, crossed: false, dropBody: false };
    let given = first;
    for (let followed = 0; ; followed += 1) {
      const { answer, authorization, unrepeated = false } = await this.#sendAndRefreshOnce(hop);
      if (authorization !== hop.authorization) given = authorization;
      const redirected = followed > 0;
      const arrival = { answer, authorization: given, url: hop.url, redirected, unrepeated };
      if (answer.status < 300 || answer.status > 399 || !this.#followsRedirects) return arrival;
      const next = this.#nextHop({ ...hop, authorization }, arrival, followed);
      if (!next) return arrival;
      this.#sender.discard(answer);
      hop = next;
    }
  }

  /** The hop that a redirect leads to; undefined for an answer that is the request's last. */
  #nextHop(
    hop: Hop,
    { answer, authorization: given }: Arrival<Answer>,
    followed: number,
  ): Hop | undefined {
    const sender = this.#sender;
    const { authorization, url, method } = hop;
    try {
      const next = nextHop({
        provider: this.#session.context.client.provider.name,
        status: answer.status,
        location: sender.header(answer, "location"),
        url,
        method,
        hasBody: !hop.dropBody && sender.hasBody,
        followed,
        most: this.#mostRedirects,
      });
      if (!next || (next.keepBody && !isReplayable(sender.body))) return undefined;
      return {
        url: given?.removedFrom(next.url) ?? next.url,
        method: next.method,
        authorization: authorization?.followsTo(next) ? authorization : undefined,
        crossed: hop.crossed || !next.sameOrigin,
        dropBody: hop.dropBody || !next.keepBody,
      };
    } catch (error) {
      sender.discard(answer);
      throw error;
    }
  }

  /**
   * Sends one hop, and once more with a newer authorization if the API refused the one that was sent. It repeats only this
   * hop, because the server has already processed the hops before a redirect. A hop without a token is not repeated.
   */
  async #sendAndRefreshOnce(
    hop: Hop,
  ): Promise<Pick<Arrival<Answer>, "answer" | "authorization" | "unrepeated">> {
    const { authorization, url } = hop;
    const answer = await this.#sendHop(hop);
    if (!authorization || this.#refreshed) return { answer, authorization };
    const { authorizer } = this.#session;
    const sender = this.#sender;
    let held: HeldAnswer<Answer> | undefined;
    try {
      const judged = authorizer.isRefusal(this.#received(answer, url), authorization);
      const isRefusal = typeof judged === "boolean" ? judged : await this.#waited(url, judged);
      if (!isRefusal) return { answer, authorization };
      const replacing = authorizer.replacement(authorization, this.#deadline.signal);
      if (!replacing) return { answer, authorization };
      held = sender.hold(answer);
      const next = await this.#waited(url, replacing);
      if (!next || !(hop.dropBody || isReplayable(sender.body))) {
        return { answer: await held.restore(), authorization, unrepeated: next !== undefined };
      }
      this.#refreshed = true;
      held.discard();
      return {
        answer: await this.#sendHop({ ...hop, authorization: next }),
        authorization: next,
      };
    } catch (error) {
      if (held) held.discard();
      else sender.discard(answer);
      throw error;
    }
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
  async #sendHop(hop: Hop): Promise<Answer> {
    const { authorization } = hop;
    const { signal } = this.#deadline;
    const sender = this.#sender;
    const request: OutgoingRequest = {
      url: hop.url,
      method: hop.method,
      headers: headersFor(this.#session, sender.headers(), hop),
      body: hop.dropBody ? undefined : sender.body,
    };
    try {
      const { body } = request;
      const placing = authorization?.place(request);
      // A hook, or a signature that is made elsewhere, has no time limit of its own.
      if (placing) await unlessAborted(placing, signal);
      // A length that the caller gave is that of the body that they gave.
      if (request.body !== body) request.headers.delete("Content-Length");
      this.#attempts.sending(request.method);
      return await watched(
        this.#session,
        { url: hop.url, method: request.method, attempt: this.#attempts.number, signal },
        () =>
          authorization?.transmit
            ? authorization.transmit(this.#withProof(request, hop))
            : sender.send(request, hop),
      );
    } catch (error) {
      const clean = this.#clean(error, hop.url, authorization);
      // An error of ours, or of the caller's hook, stays what it is, whatever its cause.
      const isForeign = clean !== error && !(error instanceof HookFailure);
      throw isForeign && !signal.aborted && isReset(error) ? new ConnectionReset(clean) : clean;
    }
  }

  #withProof(request: OutgoingRequest, hop: Hop): DpopRequest<Answer> {
    const sender = this.#sender;
    return {
      method: request.method,
      url: request.url,
      replayable: isReplayable(request.body),
      send(proof) {
        request.headers.set("DPoP", proof, true);
        return sender.send(request, hop);
      },
      status: ({ status }) => status,
      header: (answer, name) => sender.header(answer, name),
      discard: (answer) => sender.discard(answer),
    };
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

import { ownFields } from "../options/own-fields.ts";
import { Deadline } from "./deadline.ts";
import { Attempts, mayPass, type RetryContext } from "./retries.ts";
import {
  type Transport,
  type TransportRequest,
  type TransportResponse,
  wasReset,
} from "./transport.ts";

/** A client, as far as its requests to the provider's endpoints need it. */
export type EndpointSender = RetryContext["client"] &
  Pick<RetryContext, "retryBudget"> & {
    /** Sends the requests. */
    readonly transport: Transport;
  };

/** A call to one of the provider's endpoints, whose attempts share one time limit. */
export type EndpointCall = Pick<
  TransportRequest,
  "url" | "what" | "maxBytes" | "timeout" | "signal"
>;

/** Sends one request of an attempt. */
export type SendOnce = (
  request: Pick<TransportRequest, "url" | "method" | "headers" | "body">,
) => Promise<TransportResponse>;

/** Ends an attempt that is followed by another one. */
class TransientFailure {
  /** Milliseconds until the next attempt. */
  readonly pause: number;

  constructor(pause: number) {
    this.pause = pause;
  }
}

/**
 * Makes a call to one of the provider's endpoints that may be repeated (RFC 9110 §9.2.2): a GET, or a POST of which the
 * caller knows that it changes nothing. It is repeated as a GET of the API is: after a transient failure, within the
 * client's `retries` and retry budget, as Retry-After says or after a random pause, and within one time limit.
 *
 * @param attempt - One attempt. It sends with the function that it is given, and lets what that throws pass.
 * @returns The result of the last attempt.
 * @throws OAuthError as `Transport.send` does; what `attempt` throws.
 */
export async function sendWithRetries<Result>(
  client: EndpointSender,
  given: EndpointCall,
  attempt: (send: SendOnce) => Promise<Result>,
): Promise<Result> {
  const { transport, retryBudget, clock } = client;
  const call = ownFields(given);
  const attempts = new Attempts(
    { context: { client, retryBudget }, retries: undefined },
    { method: "GET", replayable: true, retries: undefined, milliseconds: call.timeout },
  );
  const deadline = new Deadline(clock, call.timeout, call.signal);
  const send: SendOnce = async (request) => {
    const response = await transport
      .send({ ...call, ...request, deadline })
      .catch((error: unknown) => {
        const pause = wasReset(error) ? attempts.next({}) : undefined;
        throw pause === undefined ? error : new TransientFailure(pause);
      });
    const { status, headers } = response;
    if (!mayPass(status)) return response;
    const pause = attempts.next({ status, retryAfter: headers["retry-after"] });
    if (pause === undefined) return response;
    throw new TransientFailure(pause);
  };
  try {
    for (;;) {
      try {
        return await attempt(send);
      } catch (error) {
        if (!(error instanceof TransientFailure)) throw error;
        await attempts.wait(error.pause, deadline.signal).catch((reason: unknown) => {
          throw transport.failure(reason, deadline, call);
        });
      }
    }
  } finally {
    deadline.clear();
  }
}

import { removeApiHeaders } from "../http/api-headers.ts";
import { type NextHop, removeHeadersAfter } from "../http/redirects.ts";
import { isReplayable } from "../http/retries.ts";
import type {
  Authorization,
  DpopRequest,
  HeaderBag,
  OutgoingRequest,
  ReceivedAnswer,
} from "./authorizer.ts";
import type { Hop, HopSender } from "./hop-sender.ts";
import type { RequestSender } from "./request-context.ts";

/** The hop after a redirect. */
export function hopAfter(hop: Hop, next: NextHop, given: Authorization | undefined): Hop {
  return {
    url: given?.removedFrom(next.url) ?? next.url,
    method: next.method,
    authorization: hop.authorization?.followsTo(next) ? hop.authorization : undefined,
    crossed: hop.crossed || !next.sameOrigin,
    dropBody: hop.dropBody || !next.keepBody,
  };
}

/** The headers of a hop: another origin gets neither the caller's credentials nor the API's own headers. */
export function headersFor(hop: Hop, headers: HeaderBag, { context }: RequestSender): HeaderBag {
  removeHeadersAfter(hop, headers);
  const { origins, client } = context;
  if (!hop.authorization && !origins.isOwn(hop.url)) removeApiHeaders(headers, client.provider);
  return headers;
}

/** Lets hooks see an answer; undefined, at once, where there are none. */
export function showAnswer(
  { authorization, url, method }: Hop,
  answer: ReceivedAnswer,
): Promise<void> | undefined {
  return authorization?.received?.({ url, method }, answer);
}

/** A request that its authorization sends with a DPoP proof. */
export function withProof<Answer extends { readonly status: number }>(
  sender: HopSender<Answer>,
  request: OutgoingRequest,
  hop: Hop,
): DpopRequest<Answer> {
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

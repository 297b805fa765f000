import { compareRequests, type Way } from "./authorized-requests.ts";
import type { Loopback } from "./loopback.ts";
import { checkSigning, SIGNED_USER, signedOnce, signingSessions } from "./oauth1-requests.ts";
import { readAnswer } from "./provider-data.ts";
import type { Row } from "./table.ts";

/** A signed GET: a session's `fetch` against the platform's with a header that was signed once. */
export async function oauth1FetchRequests(loopback: Loopback): Promise<Row[]> {
  const newSession = signingSessions(loopback);
  const api = newSession();
  await checkSigning(api);
  const url = `${loopback.origin}/api${SIGNED_USER}`;
  const headers = await signedOnce(url);
  const session: Way = {
    name: "OAuth1Session.fetch",
    get: () => readAnswer(api.fetch(SIGNED_USER)),
  };
  const sessionEach: Way = {
    name: "new OAuth1Session().fetch",
    get: () => readAnswer(newSession().fetch(SIGNED_USER)),
  };
  const bare: Way = {
    name: "fetch, signed once",
    get: () => readAnswer(fetch(url, { headers })),
  };
  const limited: Way = {
    name: "fetch with AbortSignal.timeout, signed once",
    get: () => readAnswer(fetch(url, { headers, signal: AbortSignal.timeout(30_000) })),
  };
  const again: Way = { ...bare, name: "fetch again" };
  return compareRequests([
    { ours: session, peer: bare },
    { ours: session, peer: limited, aim: { atMost: 1.15 } },
    { ours: sessionEach, peer: limited },
    { ours: again, peer: bare },
  ]);
}

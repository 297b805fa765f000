import { compareRequests, type Way } from "./authorized-requests.ts";
import { type Loopback, loopbackClient } from "./loopback.ts";
import { ACCESS_TOKEN, readAnswer } from "./provider-data.ts";
import type { Row } from "./table.ts";

/** An authorized GET: a session's `fetch` against the platform's with the header set by hand. */
export function fetchRequests({ origin, userUrl }: Loopback): Promise<Row[]> {
  const api = loopbackClient(origin).session({ accessToken: ACCESS_TOKEN });
  const headers = { Authorization: `Bearer ${ACCESS_TOKEN}` };
  const session: Way = { name: "session.fetch", get: () => readAnswer(api.fetch("/user")) };
  const bare: Way = { name: "fetch", get: () => readAnswer(fetch(userUrl, { headers })) };
  const abortable: Way = {
    name: "fetch with a signal",
    get: () => readAnswer(fetch(userUrl, { headers, signal: new AbortController().signal })),
  };
  const limited: Way = {
    name: "fetch with AbortSignal.timeout",
    get: () => readAnswer(fetch(userUrl, { headers, signal: AbortSignal.timeout(30_000) })),
  };
  const again: Way = { ...bare, name: "fetch again" };
  return compareRequests([
    { ours: session, peer: bare, aim: { atMost: 1.06 } },
    { ours: session, peer: abortable },
    { ours: session, peer: limited, aim: { atMost: 1.03 } },
    { ours: again, peer: bare },
  ]);
}

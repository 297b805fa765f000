import { compareRequests, type Way } from "./authorised-requests.ts";
import { type Loopback, loopbackClient } from "./loopback.ts";
import { ACCESS_TOKEN } from "./provider-data.ts";
import type { Row } from "./table.ts";

/** An authorised GET: a session's `fetch` against the platform's with the header set by hand. */
export function fetchRequests({ origin, userUrl }: Loopback): Promise<Row[]> {
  const api = loopbackClient(origin).session({ accessToken: ACCESS_TOKEN });
  const headers = { Authorization: `Bearer ${ACCESS_TOKEN}` };
  const session: Way = { name: "session.fetch", get: () => read(api.fetch("/user")) };
  const bare: Way = { name: "fetch", get: () => read(fetch(userUrl, { headers })) };
  const careful: Way = {
    name: "fetch, careful",
    get: () =>
      read(fetch(userUrl, { headers, redirect: "manual", signal: AbortSignal.timeout(30_000) })),
  };
  const again: Way = { ...bare, name: "fetch again" };
  return compareRequests([
    { ours: session, peer: bare, aim: { atMost: 1.03 } },
    { ours: session, peer: careful },
    { ours: again, peer: bare },
  ]);
}

async function read(answer: Promise<Response>): Promise<{ status: number; data: unknown }> {
  const response = await answer;
  return { status: response.status, data: await response.json() };
}

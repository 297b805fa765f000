import axios from "axios";
import { compareRequests, type Way } from "./authorized-requests.ts";
import { type Loopback, loopbackClient } from "./loopback.ts";
import { ACCESS_TOKEN } from "./provider-data.ts";
import type { Row } from "./table.ts";

/** An authorized GET: a session's against axios with the header set by hand. */
export function axiosRequests({ origin, userUrl }: Loopback): Promise<Row[]> {
  const api = loopbackClient(origin).session({ accessToken: ACCESS_TOKEN });
  const headers = { Authorization: `Bearer ${ACCESS_TOKEN}` };
  const session: Way = { name: "session.get", get: () => api.get("/user") };
  const bare: Way = { name: "axios.get", get: () => axios.get(userUrl, { headers }) };
  const careful: Way = {
    name: "axios.get, careful",
    // What a session does too: no redirect that nobody looked at, and an end to waiting that covers the body.
    get: () =>
      axios.get(userUrl, { headers, maxRedirects: 0, signal: AbortSignal.timeout(30_000) }),
  };
  const again: Way = { ...bare, name: "axios.get again" };
  return compareRequests([
    { ours: session, peer: bare, aim: { atMost: 1.03 } },
    { ours: session, peer: careful },
    // The same against itself: how far from 1 the machine alone takes a ratio.
    { ours: again, peer: bare },
  ]);
}

import axios from "axios";
import { compareRequests, type Way } from "./authorized-requests.ts";
import type { Loopback } from "./loopback.ts";
import { checkSigning, SIGNED_USER, signedOnce, signingSessions } from "./oauth1-requests.ts";
import type { Row } from "./table.ts";

/** A signed GET: a session's against axios with a header that was signed once. */
export async function oauth1AxiosRequests(loopback: Loopback): Promise<Row[]> {
  const newSession = signingSessions(loopback);
  const api = newSession();
  await checkSigning(api);
  const url = `${loopback.origin}/api${SIGNED_USER}`;
  const headers = await signedOnce(url);
  const session: Way = { name: "OAuth1Session.get", get: () => api.get(SIGNED_USER) };
  const sessionEach: Way = {
    name: "new OAuth1Session().get",
    get: () => newSession().get(SIGNED_USER),
  };
  const bare: Way = { name: "axios.get, signed once", get: () => axios.get(url, { headers }) };
  const again: Way = { ...bare, name: "axios.get again" };
  return compareRequests([
    { ours: session, peer: bare, aim: { atMost: 1.12 } },
    { ours: sessionEach, peer: bare },
    { ours: again, peer: bare },
  ]);
}

import type { OAuth2Client } from "@grantkit/core";
import { type Loopback, loopbackClient } from "./loopback.ts";
import { checkUser } from "./provider-data.ts";
import type { Row } from "./table.ts";

const REQUESTS = 1000;

/** Requests that all find their token expired at once: how many refreshes does the provider see? */
export async function expiredToken(loopback: Loopback): Promise<Row[]> {
  return [
    await rowOf(loopback, "one session", (client, expired) => {
      const session = client.session(expired);
      return () => session;
    }),
    // As a server does it: each request makes a session from the same row of a database.
    await rowOf(loopback, "a session each", (client, expired) => () => client.session(expired)),
  ];
}

type Expired = Parameters<OAuth2Client["session"]>[0];
type Session = ReturnType<OAuth2Client["session"]>;

async function rowOf(
  loopback: Loopback,
  who: string,
  sessionsOf: (client: OAuth2Client, expired: Expired) => () => Session,
): Promise<Row> {
  const expired = {
    accessToken: "expired",
    refreshToken: `refresh-${who.replaceAll(" ", "-")}`,
    expiresAt: Date.now() - 1000,
  };
  const next = sessionsOf(loopbackClient(loopback.origin), expired);
  const before = await loopback.tokenRequests();
  const answers = await Promise.all(
    Array.from({ length: REQUESTS }, () => next().get<unknown>("/user")),
  );
  // The API knows only the renewed token, so each of these was sent with it.
  for (const { status, data } of answers) checkUser(status, data);
  const refreshes = (await loopback.tokenRequests()) - before;
  return {
    benchmark: `${REQUESTS} requests on an expired token, ${who}: refreshes`,
    ours: `${refreshes} (${answers.length} answers)`,
    peer: "–",
    ratio: "–",
    spread: "–",
    aim: "1",
    met: refreshes === 1,
  };
}

import { OAuth1Session, sign } from "@grantkit/oauth1";
import { CLIENT, exampleProvider, TOKEN } from "./oauth1-data.ts";
import type { Loopback } from "./loopback.ts";

/** Where the user is for those who sign. */
export const SIGNED_USER = "/signed-user";

/** Makes a session for the loopback's API. */
export function signingSessions({ origin }: Loopback): () => OAuth1Session {
  const provider = exampleProvider(origin);
  const token = { key: TOKEN.resourceOwnerKey, secret: TOKEN.resourceOwnerSecret };
  return () => new OAuth1Session({ ...CLIENT, provider, token });
}

/** A header like those that the sessions make, for a peer that makes none. */
export async function signedOnce(url: string): Promise<{ readonly Authorization: string }> {
  const { headers } = await sign({ url }, { ...CLIENT, ...TOKEN });
  return { Authorization: headers["Authorization"] ?? "" };
}

/** Ends the run unless a session's signature is right: while the clock runs, the server takes only a look at it. */
export async function checkSigning(session: OAuth1Session): Promise<void> {
  await session.get("/verified-user");
  const { status } = await session.fetch("/verified-user");
  if (status !== 200) throw new Error(`The signature of session.fetch is wrong: ${status}`);
}

import { OAuth1Session, OAuth1Token } from "@grantkit/oauth1";
import { keptSessions } from "./kept-sessions.ts";
import { CLIENT, exampleProvider, TOKEN } from "./oauth1-data.ts";
import type { Row } from "./table.ts";

const isRight = (session: OAuth1Session): boolean => session.token?.key === TOKEN.resourceOwnerKey;

/** What a session of OAuth 1.0a costs: it has no client to be made from, and so each of them is given everything. */
export async function oauth1Sessions(): Promise<Row[]> {
  const provider = exampleProvider("https://api.example.com");
  const stored = { key: TOKEN.resourceOwnerKey, secret: TOKEN.resourceOwnerSecret };
  const token = OAuth1Token.from(stored);
  return keptSessions([
    {
      name: "new OAuth1Session({ provider, token })",
      make: () => new OAuth1Session({ ...CLIENT, provider, token }),
      isRight,
    },
    {
      name: "new OAuth1Session({ provider, token: stored })",
      make: () => new OAuth1Session({ ...CLIENT, provider, token: stored }),
      isRight,
    },
    {
      name: "new OAuth1Session({ token })",
      make: () => new OAuth1Session({ ...CLIENT, token }),
      isRight,
    },
  ]);
}

import { defineProvider, OAuth2Client, Token } from "@grantkit/core";
import { keptSessions } from "./kept-sessions.ts";
import type { Row } from "./table.ts";

const ACCESS_TOKEN = "ghu_16C7e42F292c6912E7710c838347Ae178B4a";

/** What a session costs in time and memory: a server makes one for each request that it serves. */
export async function sessions(): Promise<Row[]> {
  const client = clientOf();
  const stored = {
    accessToken: ACCESS_TOKEN,
    refreshToken:
      "ghr_1B4a2e77838347a7E420ce178F2E7c6912E169246c34E1ccbF66C46812d16D5B1A9Dc86A1498",
    expiresAt: Date.now() + 28_800_000,
    scope: ["read:user", "user:email"],
  };
  const token = Token.from(stored);
  const isRight = (session: ReturnType<OAuth2Client["session"]>): boolean =>
    session.token.accessToken === ACCESS_TOKEN;
  return keptSessions([
    {
      name: "session(token)",
      make: () => client.session(token),
      isRight,
      aims: { time: { atMost: 2000 }, bytes: { atMost: 1024 } },
    },
    {
      // What a server has in hand is a row of its database, and it wants to save: reading that row is in this one.
      name: "session(stored, { onTokenUpdate })",
      make: () => client.session(stored, { onTokenUpdate }),
      isRight,
    },
  ]);
}

function onTokenUpdate(): void {}

function clientOf(): OAuth2Client {
  const provider = defineProvider({
    name: "example",
    endpoints: {
      authorization: "https://id.example.com/authorize",
      token: "https://id.example.com/token",
    },
    api: { baseUrl: "https://api.example.com" },
  });
  return new OAuth2Client(provider, {
    clientId: "benchmarks",
    clientSecret: "benchmarks-secret",
    redirectUri: "https://app.example.com/callback",
  });
}

import { expect, it } from "@jest/globals";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { defineProvider, isOAuthError, OAuth2Client, Token } from "@grantkit/core";

/** A client whose provider answers every refresh at once, without a network. */
function refreshing(): { client: OAuth2Client; sent: string[] } {
  const sent: string[] = [];
  const provider = defineProvider({
    name: "example",
    endpoints: { authorization: "https://id.example.com/a", token: "https://id.example.com/t" },
    api: { baseUrl: "https://api.example.com" },
  });
  const client = new OAuth2Client(provider, {
    clientId: "client-id",
    redirectUri: "https://app.example.com/callback",
    http: {
      adapter: (config) => {
        const form = new URLSearchParams(String(config.data ?? ""));
        const token = form.get("refresh_token") ?? "";
        if (token) sent.push(token);
        const body = {
          access_token: `at-after-${token}-${sent.length}`,
          token_type: "Bearer",
          expires_in: 3600,
        };
        return Promise.resolve({
          status: 200,
          statusText: "OK",
          headers: { "content-type": "application/json" },
          data: token ? new TextEncoder().encode(JSON.stringify(body)).buffer : "{}",
          config,
        });
      },
    },
  });
  return { client, sent };
}

const stored = (name: string): Token =>
  Token.from({ accessToken: `at-${name}`, refreshToken: `rt-${name}`, expiresAt: 1 });

/** Replaces tokens through `renew`, which is faster than a refresh through the HTTP stack. */
async function renewOthers(client: OAuth2Client, from: number, to: number): Promise<void> {
  // Each takes one entry of the client's memory, as its access token stays the same.
  const renew = ({ accessToken }: Token): Promise<Token> =>
    Promise.resolve(Token.from({ accessToken }));
  for (let count = from; count < to; count += 1) {
    await client.session({ accessToken: `at-${count}` }, { renew }).refresh();
  }
}

it("a client remembers its last 10,000 refreshes and forgets the one before them", async () => {
  const { client, sent } = refreshing();
  const first = stored("first");
  await client.refreshToken(first);
  await renewOthers(client, 0, 9_999);
  await client.refreshToken(first);
  expect(sent).toEqual(["rt-first"]);
  await renewOthers(client, 9_999, 10_000);
  await client.refreshToken(first);
  expect(sent).toEqual(["rt-first", "rt-first"]);
});

it("a client does not forget a refreshed token that could not be saved, however many others it refreshes", async () => {
  const { client, sent } = refreshing();
  const first = stored("first");
  const saved: string[] = [];
  let broken = true;
  const session = () =>
    client.session(first, {
      onTokenUpdate: (next) => {
        if (broken) throw new Error("the database is down");
        saved.push(next.accessToken);
      },
    });
  const failure: unknown = await session()
    .refresh()
    .catch((error: unknown) => error);
  expect(isOAuthError(failure) && failure.code).toBe("TOKEN_UPDATE_FAILED");
  await renewOthers(client, 0, 10_000);
  broken = false;
  await session().get("/me");
  expect(saved).toEqual(["at-after-rt-first-1"]);
  expect(sent.filter((token) => token === "rt-first")).toHaveLength(1);
});

it("a session that refreshes again and again keeps none of its earlier tokens in memory", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const { client } = refreshing();
  const session = client.session(stored("first"), {
    onTokenUpdate: () => undefined,
  });
  const early: WeakRef<Token>[] = [];
  for (let count = 0; count < 300; count += 1) {
    const token = await session.refresh();
    if (count < 50) early.push(new WeakRef(token));
  }
  // A WeakRef keeps its target alive until the job that created it ends.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(early.filter((token) => token.deref() !== undefined).length).toBeLessThan(3);
  expect(session.token).toBeDefined();
});

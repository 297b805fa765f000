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

it("what a client remembers of refreshes is bounded: after 10,000 others the first is forgotten", async () => {
  const { client, sent } = refreshing();
  const first = stored("first");
  await client.refreshToken(first);
  await client.refreshToken(first);
  expect(sent).toEqual(["rt-first"]);
  for (let count = 0; count < 10_000; count += 1) await client.refreshToken(stored(String(count)));
  await client.refreshToken(first);
  expect(sent.filter((token) => token === "rt-first")).toHaveLength(2);
});

it("a token that could not be saved is not forgotten for the sake of others", async () => {
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
  for (let count = 0; count < 10_000; count += 1) await client.refreshToken(stored(String(count)));
  broken = false;
  await session().get("/me");
  expect(saved).toEqual(["at-after-rt-first-1"]);
  expect(sent.filter((token) => token === "rt-first")).toHaveLength(1);
});

it("a session that lives long keeps none of the tokens that it had long ago", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const { client } = refreshing();
  const session = client.session(stored("first"), {
    onTokenUpdate: () => undefined,
  });
  const early: WeakRef<Token>[] = [];
  for (let count = 0; count < 10_200; count += 1) {
    const token = await session.refresh();
    if (count < 50) early.push(new WeakRef(token));
  }
  // What a job has looked at by a WeakRef lives until the job ends.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(early.filter((token) => token.deref() !== undefined).length).toBeLessThan(3);
  expect(session.token).toBeDefined();
});

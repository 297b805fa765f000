// Measures a client's heap in a process of its own. Started by heap-growth.ts, which is told the growth.
import { defineProvider, OAuth2Client, Token } from "@grantkit/core";

const REFRESHES = 100_000;
const KEYS = 1_000_000;
/** By then every bound is reached and everything is compiled: what comes after is growth. */
const SETTLED_AFTER = 20_000;

async function heap(): Promise<number> {
  // What a job has looked at by a WeakRef lives until the job ends.
  await new Promise((resolve) => setImmediate(resolve));
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function client(): OAuth2Client {
  let count = 0;
  const provider = defineProvider({
    name: "heap",
    endpoints: { token: "https://id.example.com/token" },
    api: { baseUrl: "https://api.example.com" },
  });
  return new OAuth2Client(provider, {
    clientId: "benchmarks",
    clientSecret: "benchmarks-secret",
    http: {
      // The provider in this process: what is measured is what stays, not what is sent.
      adapter: (config) => {
        count += 1;
        const body = {
          access_token: `at-${count}`,
          token_type: "Bearer",
          expires_in: 3600,
          refresh_token: `rt-${count}`,
        };
        return Promise.resolve({
          status: 200,
          statusText: "OK",
          headers: { "content-type": "application/json" },
          data: new TextEncoder().encode(JSON.stringify(body)),
          config,
          request: undefined,
        });
      },
    },
  });
}

/** One session that lives long, its token refreshed again and again, each refresh token used once. */
async function afterRefreshes(): Promise<number> {
  const one = client();
  const first = Token.from({ accessToken: "at-0", refreshToken: "rt-0" });
  let saved: Token | undefined;
  const session = one.session(first, {
    onTokenUpdate(next) {
      saved = next;
    },
  });
  let settled = 0;
  for (let count = 1; count <= REFRESHES; count += 1) {
    await session.refresh();
    if (count === SETTLED_AFTER) settled = await heap();
  }
  if (saved?.refreshToken !== `rt-${REFRESHES}`) throw new Error("a refresh is missing");
  const growth = (await heap()) - settled;
  if (session.token !== saved) throw new Error("the session has another token");
  return growth;
}

/** As many users, each with a token of their own that is renewed once. */
async function afterKeys(): Promise<number> {
  const one = client();
  let settled = 0;
  for (let count = 1; count <= KEYS; count += 1) {
    const session = one.session(
      { accessToken: `at-${count}`, expiresAt: 0 },
      { renew: () => Promise.resolve(Token.from({ accessToken: `next-${count}` })) },
    );
    const { accessToken } = await session.refresh();
    if (accessToken !== `next-${count}`) throw new Error("another user's token");
    if (count === SETTLED_AFTER) settled = await heap();
  }
  return (await heap()) - settled;
}

process.send?.({
  "heap growth: refreshes 20,000 to 100,000 of one token": await afterRefreshes(),
  "heap growth: keys 20,000 to 1,000,000 of one client": await afterKeys(),
});
process.disconnect();

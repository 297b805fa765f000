import { beforeEach, describe, expect, it } from "@jest/globals";
import { defineProvider, OAuth2Client, type OAuth2Session, Token } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { closedAfterAll } from "./support/running.ts";
import { turns, until } from "./support/turns.ts";
import { WatchedStore } from "./support/watched-store.ts";

let example: ExampleProvider;
let clock: FakeClock;
const running = closedAfterAll();

beforeEach(async () => {
  example = await running(ExampleProvider.start());
  clock = new FakeClock();
});

const expiring = (seconds: number): Token => example.expiring(clock, seconds);

/** Numbers from 0 to less than 1 that are the same on every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A client whose provider answers at once, without a network. */
function offline(
  answer: (refreshToken: string) => unknown,
  seen: (accessToken: string) => void = () => undefined,
  random = seeded(1),
): OAuth2Client {
  return new OAuth2Client(
    defineProvider({
      name: "example",
      endpoints: { token: "https://id.example.com/t" },
      api: { baseUrl: "https://api.example.com" },
    }),
    {
      clientId: "client-id",
      clock,
      random,
      http: {
        adapter: async (config) => {
          const form = new URLSearchParams(String(config.data ?? ""));
          const refreshToken = form.get("refresh_token");
          if (refreshToken === null) seen(String(config.headers["Authorization"]).slice(7));
          const body = refreshToken === null ? {} : await answer(refreshToken);
          return {
            status: 200,
            statusText: "OK",
            headers: { "content-type": "application/json" },
            data: new TextEncoder().encode(JSON.stringify(body)).buffer,
            config,
          };
        },
      },
    },
  );
}

describe("tokens that end at the same moment", () => {
  it("are refreshed evenly over the first fifth of the leeway, each exactly when its random number says", async () => {
    const refreshedAt = new Map<string, number>();
    const end = clock.now() + 3600_000;
    let draws = 0;
    const client = offline(
      (refreshToken) => {
        refreshedAt.set(refreshToken, end - clock.now());
        return { access_token: `at-after-${refreshToken}`, token_type: "Bearer", expires_in: 3600 };
      },
      undefined,
      () => draws++ / 60,
    );
    let sessions = Array.from({ length: 60 }, (_, index) =>
      client.session({
        accessToken: `at-${index}`,
        refreshToken: `rt-${index}`,
        issuedAt: clock.now(),
        expiresAt: end,
      }),
    );
    // The leeway is 60 s and its first fifth 12 s: 60 draws are 200 ms apart, and requests are sent halfway between.
    clock.advance(3600_000 - 60_100);
    while (sessions.length > 0) {
      await Promise.all(sessions.map((session) => session.get("/me")));
      sessions = sessions.filter((session) => !session.token.accessToken.startsWith("at-after"));
      clock.advance(200);
    }
    expect([...refreshedAt]).toEqual(
      Array.from({ length: 60 }, (_, index) => [`rt-${index}`, 59_900 - 200 * index]),
    );
    expect(draws).toBe(60);
  });

  it("draw one random number each, however many sessions are made from them", async () => {
    example.rotate("rt-old");
    let draws = 0;
    const client = example.client({ clock, random: () => ((draws += 1), 0.5) });
    const old = expiring(60);
    for (let count = 0; count < 10; count += 1) await client.session(old).get("/me");
    expect([draws, example.tokenRequests.length]).toEqual([1, 0]);
    clock.advance(5999);
    await client.session(old).get("/me");
    expect(example.tokenRequests).toHaveLength(0);
    clock.advance(1);
    await client.session(old).get("/me");
    expect(example.tokenRequests).toHaveLength(1);
    expect(draws).toBe(1);
  });
});

describe("while the token endpoint is slow", () => {
  /** A client whose provider answers a refresh when `answer` is called. */
  function slow(): {
    readonly client: OAuth2Client;
    readonly sent: string[];
    readonly refreshes: string[];
    readonly answer: () => void;
  } {
    const sent: string[] = [];
    const refreshes: string[] = [];
    let answer = (): void => undefined;
    const client = offline(
      async (refreshToken) => {
        refreshes.push(refreshToken);
        await new Promise<void>((resolve) => (answer = resolve));
        return {
          access_token: "at-rotated-1",
          token_type: "Bearer",
          expires_in: 3600,
          refresh_token: "rt-rotated-1",
        };
      },
      (accessToken) => sent.push(accessToken),
      () => 0,
    );
    return { client, sent, refreshes, answer: () => answer() };
  }

  it.each(["without a store", "with a store"])(
    "one caller waits and 999 others go on with the token that is still good, %s",
    async (how) => {
      const { client, sent, refreshes, answer } = slow();
      const token = expiring(30);
      const store = new WatchedStore({ clock });
      const session: OAuth2Session =
        how === "with a store"
          ? await client.storedSession({ store, key: "user-1", token })
          : client.session(token);
      let first = false;
      const starting = session.get("/me").then((response) => ((first = true), response));
      await until(() => refreshes.length === 1);
      const others = await Promise.all(Array.from({ length: 999 }, () => session.get("/me")));
      expect(others.every(({ status }) => status === 200)).toBe(true);
      expect(sent).toEqual(others.map(() => "at-old"));
      expect(first).toBe(false);
      answer();
      expect((await starting).status).toBe(200);
      expect(sent.at(-1)).toBe("at-rotated-1");
      expect(refreshes).toEqual(["rt-old"]);
    },
  );

  it("every caller waits once the token has expired", async () => {
    const { client, sent, refreshes, answer } = slow();
    const session = client.session(expiring(-1));
    const calls = Array.from({ length: 100 }, () => session.get("/me"));
    await until(() => refreshes.length === 1);
    await turns();
    expect(sent).toEqual([]);
    answer();
    await Promise.all(calls);
    expect(sent).toEqual(calls.map(() => "at-rotated-1"));
    expect(refreshes).toEqual(["rt-old"]);
  });
});

describe("two tenants whose refresh tokens are the same text", () => {
  it("never get each other's tokens in 100,000 random operations", async () => {
    const random = seeded(70);
    const crossed: string[] = [];
    const store = new WatchedStore({ clock });
    const users = Array.from({ length: 20 }, (_, index) => `user${index}`);
    const tenants = ["a", "b"].map((tenant) => {
      let count = 0;
      const client = offline(
        (refreshToken) => {
          count += 1;
          const name = refreshToken.split(".")[0];
          return {
            access_token: `at.${tenant}.${name}.${count}`,
            token_type: "Bearer",
            expires_in: 3600,
            refresh_token: `${name}.${count}`,
          };
        },
        (accessToken) => {
          if (accessToken.split(".")[1] !== tenant) crossed.push(accessToken);
        },
      );
      return { tenant, client };
    });
    const first = ({ tenant }: { tenant: string }, user: string): Token =>
      Token.from({
        accessToken: `at.${tenant}.${user}.0`,
        refreshToken: `${user}.0`,
        issuedAt: clock.now(),
        expiresAt: clock.now() + 3600_000,
      });
    const sessions = await Promise.all(
      tenants.flatMap((each) =>
        users.map(async (user) => {
          const token = first(each, user);
          const key = `${each.tenant}/${user}`;
          const { client, tenant } = each;
          const kept = await client.storedSession({ store, key, token });
          return { tenant, user, key, client, token, kept };
        }),
      ),
    );
    const operate = async (): Promise<void> => {
      const one = sessions[Math.floor(random() * sessions.length)];
      if (!one) return;
      const chance = random();
      const given = one.client.session(one.token);
      let token: Token;
      if (chance < 0.005) token = await one.kept.refresh();
      else if (chance < 0.01) token = await given.refresh();
      else if (chance < 0.025)
        token = (await one.client.storedSession({ store, key: one.key })).token;
      else if (chance < 0.05) token = (await one.kept.get("/me"), one.kept.token);
      else token = chance < 0.5 ? given.token : one.kept.token;
      const [, tenant, user] = token.accessToken.split(".");
      if (tenant !== one.tenant || user !== one.user) crossed.push(token.accessToken);
    };
    for (let done = 0; done < 100_000; done += 100) {
      await Promise.all(Array.from({ length: 100 }, operate));
      if (random() < 0.1) clock.advance(600_000);
    }
    expect(crossed).toEqual([]);
    for (const { tenant, user, key, client } of sessions) {
      const { token } = await client.storedSession({ store, key });
      expect(token.accessToken).toMatch(new RegExp(`^at\\.${tenant}\\.${user}\\.[1-9]`));
    }
  });
});

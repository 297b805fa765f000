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
  answer: (refreshToken: string) => Readonly<Record<string, unknown>>,
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
        adapter: (config) => {
          const form = new URLSearchParams(String(config.data ?? ""));
          const refreshToken = form.get("refresh_token");
          if (refreshToken === null) seen(String(config.headers["Authorization"]).slice(7));
          const body = refreshToken === null ? {} : answer(refreshToken);
          return Promise.resolve({
            status: 200,
            statusText: "OK",
            headers: { "content-type": "application/json" },
            data: new TextEncoder().encode(JSON.stringify(body)).buffer,
            config,
          });
        },
      },
    },
  );
}

describe("row 68: many tokens that end at the same moment", () => {
  it("are refreshed over a fifth of the leeway: 10,000 of them, no second has more than a tenth", async () => {
    const refreshedAt: number[] = [];
    const end = clock.now() + 3600_000;
    const client = offline((refreshToken) => {
      refreshedAt.push(Math.ceil((end - clock.now()) / 1000));
      return { access_token: `at-${refreshToken}`, token_type: "Bearer", expires_in: 3600 };
    });
    let tokens = Array.from({ length: 10_000 }, (_, index) =>
      Token.from({
        accessToken: `at-${index}`,
        refreshToken: `rt-${index}`,
        issuedAt: clock.now(),
        expiresAt: end,
      }),
    );
    clock.advance(3600_000 - 61_000);
    for (let second = 0; second < 15; second += 1) {
      const sessions = tokens.map((token) => client.session(token));
      await Promise.all(sessions.map((session) => session.get("/me")));
      tokens = tokens.filter((token, index) => sessions[index]?.token === token);
      clock.advance(1000);
    }
    expect(refreshedAt).toHaveLength(10_000);
    expect(Math.max(...refreshedAt)).toBeLessThanOrEqual(60);
    expect(Math.min(...refreshedAt)).toBeGreaterThanOrEqual(48);
    const bursts = new Map<number, number>();
    for (const at of refreshedAt) bursts.set(at, (bursts.get(at) ?? 0) + 1);
    expect(bursts.size).toBeGreaterThanOrEqual(12);
    expect(Math.max(...bursts.values())).toBeLessThan(1000);
  });

  it("draw their lot once each: further sessions with the token do not draw again", async () => {
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

describe("row 69: a token endpoint that is slow while the token lives", () => {
  it.each(["without a store", "with a store"])(
    "keeps one caller waiting, and 999 others not, %s",
    async (how) => {
      example.rotate("rt-old");
      const { token: rotating } = example;
      let answer = (): void => undefined;
      example.token = async (request, response) => {
        await new Promise<void>((resolve) => (answer = resolve));
        return rotating(request, response);
      };
      const client = example.client({ clock });
      const token = expiring(30);
      const store = new WatchedStore({ clock });
      const session: OAuth2Session =
        how === "with a store"
          ? await client.storedSession({ store, key: "user-1", token })
          : client.session(token);
      let first = false;
      const starting = session.get("/me").then((response) => ((first = true), response));
      await until(() => example.tokenRequests.length === 1);
      const others = await Promise.all(Array.from({ length: 999 }, () => session.get("/me")));
      expect(others.every(({ status }) => status === 200)).toBe(true);
      const used = example.apiRequests.map(({ headers }) => headers.authorization);
      expect(new Set(used)).toEqual(new Set(["Bearer at-old"]));
      expect(first).toBe(false);
      answer();
      expect((await starting).status).toBe(200);
      expect(example.apiRequests.at(-1)?.headers.authorization).toBe("Bearer at-rotated-1");
      expect(example.tokenRequests).toHaveLength(1);
    },
  );

  it("keeps everybody waiting once the token has ended", async () => {
    example.rotate("rt-old");
    const { token: rotating } = example;
    let answer = (): void => undefined;
    example.token = async (request, response) => {
      await new Promise<void>((resolve) => (answer = resolve));
      return rotating(request, response);
    };
    const session = example.client({ clock }).session(expiring(-1));
    const calls = Array.from({ length: 100 }, () => session.get("/me"));
    await until(() => example.tokenRequests.length === 1);
    await turns();
    expect(example.apiRequests).toHaveLength(0);
    answer();
    await Promise.all(calls);
    expect(example.tokenRequests).toHaveLength(1);
  });
});

describe("row 70: two tenants whose refresh tokens are the same text", () => {
  it("never see each other's tokens in 100,000 random operations", async () => {
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
      if (chance < 0.01) token = await one.kept.refresh();
      else if (chance < 0.02) token = await given.refresh();
      else if (chance < 0.05)
        token = (await one.client.storedSession({ store, key: one.key })).token;
      else if (chance < 0.1) token = (await one.kept.get("/me"), one.kept.token);
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

import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type OAuth2ClientOptions,
  type OAuth2Session,
  type Token,
  type TokenRecord,
} from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { type Answering, LoopbackServer } from "./support/loopback-server.ts";
import { closedAfterAll } from "./support/running.ts";
import { thrown } from "./support/thrown.ts";
import { turns, until } from "./support/turns.ts";
import { WatchedStore } from "./support/watched-store.ts";

const key = "user-1";
let example: ExampleProvider;
let clock: FakeClock;
let store: WatchedStore;
const running = closedAfterAll();

// The first request loads the code that sends it, and Jest cannot load that for axios and for fetch at once.
beforeAll(async () => {
  const warm = await ExampleProvider.start();
  const session = warm.client().session(warm.grant({ accessToken: "at-warm" }));
  await session.get("/me");
  await session.fetch("/me");
  await warm.close();
});
beforeEach(async () => {
  example = await running(ExampleProvider.start());
  clock = new FakeClock();
  store = new WatchedStore({ clock });
});

const expiring = (seconds: number, changes: Partial<TokenRecord> = {}): Token =>
  example.expiring(clock, seconds, changes);

const anotherProcess = (options: Partial<OAuth2ClientOptions> = {}): Promise<OAuth2Session> =>
  example.client({ clock, ...options }).storedSession({ store, key });
const sent = (): (string | null)[] =>
  example.tokenRequests.map(({ body }) => new URLSearchParams(body).get("refresh_token"));

/** A server that rotates and whose first answer is lost; with a grace period it answers the old token once more. */
function loseFirstAnswer(how: "cut" | "hang", { grace }: { grace: boolean }): void {
  example.rotate("rt-old");
  const { token: rotating } = example;
  let first: ReturnType<Answering>;
  example.token = async (request, response) => {
    if (first === undefined) {
      first = await rotating(request, response);
      return how;
    }
    return grace && request.body.includes("rt-old") ? first : rotating(request, response);
  };
}

describe("a stampede in one process", () => {
  it("is one refresh for 1,000 callers over ten sessions of a store, of whom one can abort for itself", async () => {
    example.rotate("rt-old");
    const { token: rotating } = example;
    let answer = (): void => undefined;
    example.token = async (request, response) => {
      await new Promise<void>((resolve) => (answer = resolve));
      return rotating(request, response);
    };
    await store.put(key, expiring(-1).toJSON());
    const client = example.client({ clock, ...example.inProcess });
    const sessions = await Promise.all(
      Array.from({ length: 10 }, () => client.storedSession({ store, key })),
    );
    const controller = new AbortController();
    const impatient = thrown(
      (sessions[0] as OAuth2Session).fetch("/me", { signal: controller.signal }),
    );
    const calls = Array.from({ length: 1000 }, (_, index) => {
      const session = sessions[index % 10] as OAuth2Session;
      return index % 2 ? session.get("/me") : session.fetch("/me");
    });
    await until(() => example.tokenRequests.length === 1);
    const reason = new Error("the user left");
    controller.abort(reason);
    expect(await impatient).toBe(reason);
    answer();
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses).toEqual(Array(1000).fill(200));
    expect(example.tokenRequests).toHaveLength(1);
    expect(store.locks).toBe(1);
    expect(store.written).toEqual(["at-rotated-1"]);
  });

  it("is one refresh for 1,000 callers over eight processes with one store", async () => {
    example.rotate("rt-old");
    await store.put(key, expiring(-1).toJSON());
    const sessions = await Promise.all(
      Array.from({ length: 8 }, () => anotherProcess(example.inProcess)),
    );
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => (sessions[index % 8] as OAuth2Session).get("/me")),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(1000).fill(200));
    expect(example.tokenRequests).toHaveLength(1);
    expect(store.written).toEqual(["at-rotated-1"]);
  });
});

describe("a process that dies after the rotation and before the save", () => {
  it("is repaired where the server accepts the old refresh token once more", async () => {
    loseFirstAnswer("hang", { grace: true });
    await store.put(key, expiring(-1).toJSON());
    // Its clock stands still, so it does nothing more. Its lock ends by the store's clock.
    const dying = await example.client({ clock: new FakeClock() }).storedSession({ store, key });
    void dying.refresh().catch(() => undefined);
    await until(() => example.tokenRequests.length === 1);
    const next = (await anotherProcess()).get("/me", { timeout: 1e6 });
    await until(() => store.locks === 2);
    await turns();
    clock.advance(4_999);
    await turns();
    expect(example.tokenRequests).toHaveLength(1);
    clock.advance(1);
    expect((await next).status).toBe(200);
    expect(sent()).toEqual(["rt-old", "rt-old"]);
    expect(await store.accessToken(key)).toBe("at-rotated-1");
  });

  it("ends the session where it does not, with one request for all callers", async () => {
    example.rotate("rt-already-rotated");
    await store.put(key, expiring(-1).toJSON());
    const session = await anotherProcess(example.inProcess);
    const errors = await Promise.all(
      Array.from({ length: 1000 }, () => thrown(session.fetch("/me"))),
    );
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["INVALID_GRANT"]));
    expect(await thrown(session.get("/me"))).toMatchObject({ code: "INVALID_GRANT" });
    expect(example.tokenRequests).toHaveLength(1);
    expect(session.authorized).toBe(false);
  });
});

describe("a refresh without an answer, after which the server may have rotated the token,", () => {
  it("is repeated once with the same refresh token after a lost connection, which the grace period accepts", async () => {
    loseFirstAnswer("cut", { grace: true });
    const session = example.client({ clock, timeout: 5000 }).session(expiring(-1));
    expect((await session.refresh()).accessToken).toBe("at-rotated-1");
    expect(sent()).toEqual(["rt-old", "rt-old"]);
  });

  it("is not repeated when its time is up, and the next call sends the same refresh token", async () => {
    loseFirstAnswer("hang", { grace: true });
    const session = example.client({ clock, timeout: 5000 }).session(expiring(-1));
    const refreshed = thrown(session.refresh());
    await until(() => example.tokenRequests.length === 1);
    await turns();
    clock.advance(5000);
    const error = await refreshed;
    expect(error).toMatchObject({ code: "TIMEOUT", retryable: true });
    expect(error.message).toContain("The outcome is unknown");
    expect(sent()).toEqual(["rt-old"]);
    expect((await session.refresh()).accessToken).toBe("at-rotated-1");
  });

  it("is not reported as refused at a server without a grace period until the refusal is the only answer", async () => {
    loseFirstAnswer("cut", { grace: false });
    const session = example.client({ clock }).session(expiring(-1));
    const errors = await Promise.all(
      Array.from({ length: 1000 }, () => thrown(session.fetch("/me"))),
    );
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["NETWORK_ERROR"]));
    expect(errors[0]).toMatchObject({ retryable: true });
    expect(errors[0]?.message).toMatch(/refused \(invalid_grant\)\. The outcome is unknown/);
    expect(session.authorized).toBe(true);
    expect(sent()).toEqual(["rt-old", "rt-old"]);
    for (let count = 0; count < 3; count += 1) {
      expect(await thrown(session.fetch("/me"))).toMatchObject({ code: "INVALID_GRANT" });
    }
    expect(sent()).toEqual(["rt-old", "rt-old", "rt-old"]);
  });

  it("is sent at most twice, and the refresh token is kept for the next call", async () => {
    example.token = () => "cut";
    const session = example.client({ clock }).session(expiring(-1));
    const errors = await Promise.all(
      Array.from({ length: 1000 }, () => thrown(session.fetch("/me"))),
    );
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["NETWORK_ERROR"]));
    expect(sent()).toEqual(["rt-old", "rt-old"]);
    example.rotate("rt-old");
    expect((await session.get("/me")).status).toBe(200);
  });

  it("is not repeated after any answer", async () => {
    const session = example.client({ clock }).session(expiring(-1));
    let count = 0;
    for (const answer of [
      { status: 503 },
      { status: 429, body: { error: "slow_down" } },
      { status: 200, body: "<html>" },
      { status: 200, body: "x".repeat(2 * 1024 * 1024) },
    ]) {
      example.token = () => answer;
      await thrown(session.refresh());
      count += 1;
      expect(example.tokenRequests).toHaveLength(count);
    }
  });

  it("is not repeated when the connection was refused", async () => {
    const gone = await LoopbackServer.start();
    const { origin } = gone;
    await gone.close();
    let tries = 0;
    const session = example
      .client(
        { clock, hooks: { refreshRequest: (value) => ((tries += 1), value) } },
        { endpoints: { authorization: `${origin}/authorize`, token: `${origin}/token` } },
      )
      .session(expiring(-1));
    expect(await thrown(session.refresh())).toMatchObject({
      code: "NETWORK_ERROR",
      details: { networkCode: "ECONNREFUSED" },
    });
    expect(tries).toBe(1);
  });

  it("is repeated under a store's lock only while that is still held", async () => {
    example.token = () => "cut";
    await store.put(key, expiring(-1).toJSON());
    let asked = 0;
    const { withLock } = store;
    store.withLock = (name, limits, work) =>
      withLock(name, limits, (lease) =>
        work({ signal: lease.signal, isHeld: () => Promise.resolve(++asked === 1) }),
      );
    const error = await thrown((await anotherProcess()).refresh());
    expect(error).toMatchObject({ code: "STORE_LOCK_LOST", retryable: true });
    expect(error.message).toContain("The outcome is unknown");
    expect(asked).toBe(2);
    expect(example.tokenRequests).toHaveLength(1);
  });
});

describe("a store that cannot write after the rotation", () => {
  it("tells 1,000 waiters, keeps the token, and saves it with the next request", async () => {
    example.rotate("rt-old");
    await store.put(key, expiring(-1).toJSON());
    const session = await anotherProcess(example.inProcess);
    store.beforeSet = () => {
      throw new Error("cannot write at-rotated-1 after at-old: read-only");
    };
    const errors = await Promise.all(
      Array.from({ length: 1000 }, () => thrown(session.fetch("/me"))),
    );
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["TOKEN_UPDATE_FAILED"]));
    expect(errors[0]).toMatchObject({ retryable: true });
    expect(errors[0]?.message).toContain("cannot write [redacted] after [redacted]: read-only");
    expect(await thrown(session.get("/me"))).toMatchObject({ code: "TOKEN_UPDATE_FAILED" });
    expect(session.token.accessToken).toBe("at-rotated-1");
    expect(example.apiRequests).toHaveLength(0);
    store.beforeSet = () => undefined;
    const answers = await Promise.all(Array.from({ length: 1000 }, () => session.fetch("/me")));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(store.written).toEqual(["at-rotated-1"]);
    expect(await store.accessToken(key)).toBe("at-rotated-1");
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("is made up for by a later session of the same process", async () => {
    example.rotate("rt-old");
    await store.put(key, expiring(-1).toJSON());
    const client = example.client({ clock });
    store.beforeSet = () => {
      throw new Error("down");
    };
    await thrown((await client.storedSession({ store, key })).get("/me"));
    store.beforeSet = () => undefined;
    expect((await (await client.storedSession({ store, key })).get("/me")).status).toBe(200);
    expect(await store.accessToken(key)).toBe("at-rotated-1");
  });

  it("calls a failed onTokenUpdate again, and does not write the store again", async () => {
    example.rotate("rt-old");
    await store.put(key, expiring(-1).toJSON());
    let broken = true;
    const told: string[] = [];
    const session = await example.client({ clock }).storedSession({
      store,
      key,
      onTokenUpdate: (next, previous) => {
        if (broken) throw new Error("broken");
        told.push(`${next.accessToken} for ${previous.accessToken}`);
      },
    });
    expect(await thrown(session.get("/me"))).toMatchObject({ code: "TOKEN_UPDATE_FAILED" });
    broken = false;
    expect((await session.get("/me")).status).toBe(200);
    expect(told).toEqual(["at-rotated-1 for at-old"]);
    expect(store.written).toEqual(["at-rotated-1"]);
  });
});

describe("invalid_grant because another process refreshed first", () => {
  it("uses the newer token that the store has by then", async () => {
    await store.put(key, expiring(-1).toJSON());
    const session = await anotherProcess(example.inProcess);
    example.token = async () => {
      const newer = expiring(3000, { accessToken: "at-newer", refreshToken: "rt-newer" });
      await store.put(key, newer.toJSON());
      return { status: 400, body: { error: "invalid_grant" } };
    };
    const answers = await Promise.all(Array.from({ length: 1000 }, () => session.fetch("/me")));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(session.token.accessToken).toBe("at-newer");
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("refreshes the newer token of the store when that has expired too", async () => {
    await store.put(key, expiring(-1).toJSON());
    const session = await anotherProcess();
    example.token = async () => {
      await store.put(key, expiring(-1, { refreshToken: "rt-newer" }).toJSON());
      example.rotate("rt-newer");
      return { status: 400, body: { error: "invalid_grant" } };
    };
    expect((await session.get("/me")).status).toBe(200);
    expect(sent()).toEqual(["rt-old", "rt-newer"]);
  });

  it("is final when the store still has the same token", async () => {
    example.token = () => ({ status: 400, body: { error: "invalid_grant" } });
    await store.put(key, expiring(-1).toJSON());
    const session = await anotherProcess();
    expect(await thrown(session.get("/me"))).toMatchObject({ code: "INVALID_GRANT" });
    expect(await store.accessToken(key)).toBe("at-old");
  });
});

describe("calls after the provider has refused the refresh token for good", () => {
  it("send nothing: 1,000 of them cause no token request and take no lock", async () => {
    example.token = () => ({ status: 400, body: { error: "invalid_grant" } });
    await store.put(key, expiring(-1).toJSON());
    const client = example.client({ clock, ...example.inProcess });
    const session = await client.storedSession({ store, key });
    await thrown(session.get("/me"));
    for (let count = 0; count < 10; count += 1) {
      const errors = await Promise.all(
        Array.from({ length: 100 }, async () =>
          thrown((await client.storedSession({ store, key })).fetch("/me")),
        ),
      );
      expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["INVALID_GRANT"]));
    }
    expect(example.tokenRequests).toHaveLength(1);
    expect(example.apiRequests).toHaveLength(0);
    expect(store.locks).toBe(1);
    expect(session.authorized).toBe(false);
  });

  it("succeed again after a new sign-in in any process", async () => {
    example.token = () => ({ status: 400, body: { error: "invalid_grant" } });
    await store.put(key, expiring(-1).toJSON());
    const session = await anotherProcess();
    await thrown(session.get("/me"));
    const token = expiring(3000, { accessToken: "at-new", refreshToken: "rt-new" });
    await example.client({ clock }).storedSession({ store, key, token });
    expect((await session.get("/me")).status).toBe(200);
    expect(session.authorized).toBe(true);
    expect(example.tokenRequests).toHaveLength(1);
    example.rotate("rt-new");
    expect((await session.refresh()).accessToken).toBe("at-rotated-1");
  });
});

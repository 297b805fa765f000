import { beforeEach, describe, expect, it } from "@jest/globals";
import {
  ConfigurationError,
  type OAuth2Session,
  type Token,
  type TokenRecord,
  type TokenRequestHookValue,
} from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { closedAfterAll } from "./support/running.ts";
import { thrown } from "./support/thrown.ts";
import { turns, until } from "./support/turns.ts";
import { WatchedStore } from "./support/watched-store.ts";

const key = "user-1";
let example: ExampleProvider;
let clock: FakeClock;
let store: WatchedStore;
const running = closedAfterAll();

beforeEach(async () => {
  example = await running(ExampleProvider.start());
  clock = new FakeClock();
  store = new WatchedStore({ clock });
});

const expiring = (seconds: number, changes: Partial<TokenRecord> = {}): Token =>
  example.expiring(clock, seconds, changes);

const NEW = { accessToken: "at-new", refreshToken: "rt-new" };

/** A session of another process: of a client that shares nothing but the store. */
const anotherProcess = () => example.client({ clock });
const stored = (process = anotherProcess(), options = {}): Promise<OAuth2Session> =>
  process.storedSession({ store, key, ...options });

describe("a session with a store", () => {
  it("loads the stored token, and fails when there is none", async () => {
    await store.put(key, expiring(3000).toJSON());
    const session = await stored();
    expect(session.token.accessToken).toBe("at-old");
    expect(session.authorized).toBe(true);
    expect(await thrown(anotherProcess().storedSession({ store, key: "user-2" }))).toMatchObject({
      code: "TOKEN_NOT_FOUND",
      retryable: false,
    });
  });

  it("reports a record that is not a token, and wrong options", async () => {
    await store.put(key, { accessToken: "with\nbreak" });
    expect(await thrown(stored())).toMatchObject({ code: "TOKEN_INVALID" });
    const error = await thrown(
      anotherProcess().storedSession({
        store: { get: () => undefined } as unknown as WatchedStore,
        key: "",
      }),
    );
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).problems).toEqual([
      expect.stringContaining("compareAndSet(), delete(), keys(), withLock(), check(), close()"),
      expect.stringContaining("key must be"),
    ]);
    expect(store.gets).toBe(1);
  });

  it("refuses a token that is not for an API, passed or stored, and changes nothing", async () => {
    const none = { accessToken: "at-exchanged", tokenType: "n_a" };
    expect(await thrown(stored(anotherProcess(), { token: none }))).toMatchObject({
      code: "TOKEN_INVALID",
    });
    expect(await store.get(key)).toBeUndefined();
    await store.put(key, none);
    expect(await thrown(stored())).toMatchObject({ code: "TOKEN_INVALID" });
  });

  it("saves the token of a new sign-in first, over whatever is stored", async () => {
    await store.put(key, { accessToken: "at-before" });
    const session = await stored(anotherProcess(), { token: expiring(3000).toJSON() });
    expect(session.token.accessToken).toBe("at-old");
    expect(await store.accessToken(key)).toBe("at-old");
    expect((await session.get("/me")).status).toBe(200);
  });

  it("saves the token of a new sign-in even if another process writes at the same moment", async () => {
    let others = 3;
    store.beforeSet = async () => {
      if (others-- > 0) await store.put(key, { accessToken: `at-${others}` });
    };
    await stored(anotherProcess(), { token: expiring(3000) });
    expect(await store.accessToken(key)).toBe("at-old");
  });

  it("reads the store when it is opened, and not for each request", async () => {
    const process = anotherProcess();
    const session = await stored(process, { token: expiring(3000) });
    store.gets = 0;
    for (let count = 0; count < 100; count += 1) {
      await (count % 2 ? session.get("/me") : session.fetch("/me"));
    }
    expect([store.gets, store.locks]).toEqual([0, 0]);
  });

  it("refreshes under the lock, saves, calls onTokenUpdate, and only then sends", async () => {
    example.rotate("rt-old");
    await store.put(key, expiring(-1).toJSON());
    const order: string[] = [];
    example.api = () => {
      order.push("request");
      return { body: {} };
    };
    store.afterSet = () => void order.push("stored");
    const session = await stored(anotherProcess(), {
      onTokenUpdate: (next: Token, previous: Token) =>
        void order.push(`${next.accessToken} for ${previous.accessToken}`),
    });
    await session.get("/me");
    expect(order).toEqual(["stored", "at-rotated-1 for at-old", "request"]);
    expect(await store.accessToken(key)).toBe("at-rotated-1");
    expect(store.locks).toBe(1);
  });

  it("uses a newer token that another process stored, without any request", async () => {
    example.rotate("rt-old");
    await store.put(key, expiring(-1).toJSON());
    const [one, two] = [await stored(), await stored()];
    await one.get("/me");
    expect((await two.get("/me")).status).toBe(200);
    expect(two.token.accessToken).toBe("at-rotated-1");
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("follows the chain over many expiries and processes: one refresh for each expiry", async () => {
    example.rotate("rt-old");
    await store.put(key, expiring(-1).toJSON());
    const sessions = await Promise.all(Array.from({ length: 8 }, () => stored()));
    for (let expiry = 1; expiry <= 5; expiry += 1) {
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          (sessions[index % 8] as OAuth2Session).get("/me"),
        ),
      );
      expect(answers.every((answer) => answer.status === 200)).toBe(true);
      expect(example.tokenRequests).toHaveLength(expiry);
      clock.advance(3600_000);
    }
  });

  it("takes the store's token after a 401 on another, and refreshes when it is the same", async () => {
    example.rotate("rt-old");
    await store.put(key, expiring(3000).toJSON());
    const [one, two] = [await stored(), await stored()];
    await one.refresh();
    expect((await two.get("/me")).status).toBe(200);
    expect(example.tokenRequests).toHaveLength(1);
    example.accepted.clear();
    expect((await two.fetch("/me")).status).toBe(200);
    expect(example.tokenRequests).toHaveLength(2);
    expect(await store.accessToken(key)).toBe("at-rotated-2");
  });

  it.each(["a 401", "an expiry"])(
    "after %s takes the token that another process saved, though it was read while it waited for the lock",
    async (reason) => {
      await store.put(key, expiring(reason === "a 401" ? 3000 : -1).toJSON());
      const process = anotherProcess();
      const waiting = await stored(process);
      example.accepted.clear();
      let answer: Promise<{ status: number }> | undefined;
      await store.withLock(key, { waitMs: 1, holdMs: 60_000 }, async () => {
        answer = waiting.get("/me");
        await until(() => store.locks === 2);
        await store.put(key, expiring(3000, NEW).toJSON());
        expect((await stored(process)).token.accessToken).toBe("at-new");
      });
      expect((await answer)?.status).toBe(200);
      expect(example.tokenRequests).toHaveLength(0);
    },
  );

  it("finds a new sign-in after the expiry, or a 401, of a token without a refresh token", async () => {
    const last = { refreshToken: undefined };
    await store.put(key, expiring(-1, last).toJSON());
    const session = await stored();
    expect(session.authorized).toBe(false);
    expect(await thrown(session.get("/me"))).toMatchObject({ code: "TOKEN_EXPIRED" });
    await store.put(key, expiring(3000, { ...last, accessToken: "at-2" }).toJSON());
    expect((await session.get("/me")).status).toBe(200);
    example.accepted.clear();
    expect((await session.fetch("/me")).status).toBe(401);
    await store.put(key, expiring(3000, { ...last, accessToken: "at-3" }).toJSON());
    expect((await session.fetch("/me")).status).toBe(200);
    expect(example.tokenRequests).toHaveLength(0);
  });

  it.each(["a refresh", "a sign-in"])(
    "does not bring back the token before %s when a read of the store was slow",
    async (change) => {
      example.rotate("rt-old");
      await store.put(key, expiring(-1).toJSON());
      const process = anotherProcess();
      const session = await stored(process);
      let go = (): void => undefined;
      const held = new Promise<void>((resolve) => (go = resolve));
      const get = store.get.bind(store);
      const before = await get(key);
      store.get = async () => {
        store.get = get;
        await held;
        return before;
      };
      const slow = stored(process);
      await until(() => store.get === get);
      if (change === "a refresh") await session.refresh();
      else await stored(process, { token: expiring(3000, NEW) });
      go();
      const { accessToken } = (await slow).token;
      expect(accessToken).toBe(change === "a refresh" ? "at-rotated-1" : "at-new");
      expect((await (await slow).get("/me")).status).toBe(200);
      expect(example.tokenRequests).toHaveLength(change === "a refresh" ? 1 : 0);
    },
  );

  it("saves a token that a session without a store has refreshed", async () => {
    example.rotate("rt-old");
    const old = expiring(-1);
    const process = anotherProcess();
    const session = await stored(process, { token: old });
    await process.session(old, { onTokenUpdate: () => undefined }).get("/me");
    expect(await store.accessToken(key)).toBe("at-old");
    await session.get("/me");
    expect(await store.accessToken(key)).toBe("at-rotated-1");
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("calls onTokenUpdate even if another session reads the record during the write", async () => {
    example.rotate("rt-old");
    await store.put(key, expiring(-1).toJSON());
    const told: string[] = [];
    const process = anotherProcess();
    const session = await stored(process, {
      onTokenUpdate: (next: Token, { accessToken }: Token) =>
        void told.push(`${next.accessToken} for ${accessToken}`),
    });
    store.afterSet = async () => {
      store.afterSet = () => undefined;
      await stored(process);
    };
    await session.get("/me");
    expect(told).toEqual(["at-rotated-1 for at-old"]);
    expect(store.written).toEqual(["at-rotated-1"]);
  });

  it("uses the token of another process's sign-in that it finds during onTokenUpdate", async () => {
    example.rotate("rt-old");
    await store.put(key, expiring(-1).toJSON());
    const process = anotherProcess();
    const session = await stored(process, {
      onTokenUpdate: async () => {
        await store.put(key, expiring(3000, NEW).toJSON());
        await stored(process);
      },
    });
    expect((await session.get("/me")).status).toBe(200);
    expect(session.token.accessToken).toBe("at-new");
    expect(store.written).toEqual(["at-rotated-1"]);
  });

  it("calls a session's own onTokenUpdate before its request, whichever session refreshes", async () => {
    example.rotate("rt-old");
    await store.put(key, expiring(-1).toJSON());
    const order: string[] = [];
    example.api = ({ url }) => {
      order.push(url);
      return { body: {} };
    };
    const process = anotherProcess();
    const silent = await stored(process);
    const telling = await stored(process, {
      onTokenUpdate: ({ accessToken }: Token) => void order.push(accessToken),
    });
    await Promise.all([silent.get("/silent"), telling.get("/telling")]);
    expect(order.filter((entry) => entry !== "/api/silent")).toEqual([
      "at-rotated-1",
      "/api/telling",
    ]);
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("does not overwrite a sign-in that happened during the refresh", async () => {
    example.rotate("rt-old");
    const process = anotherProcess();
    const session = await stored(process, { token: expiring(-1) });
    const { token: rotating } = example;
    let signIn: Promise<OAuth2Session> | undefined;
    example.token = async (request, response) => {
      const answer = await rotating(request, response);
      signIn = stored(process, { token: expiring(3000, NEW) });
      await signIn;
      return answer;
    };
    expect((await session.get("/me")).status).toBe(200);
    expect(await store.accessToken(key)).toBe("at-new");
    expect(session.token.accessToken).toBe("at-new");
  });
});

describe("a store that fails", () => {
  it("is reported without secrets, and nothing is sent", async () => {
    await store.put(key, expiring(-1).toJSON());
    const session = await stored();
    store.beforeGet = () => {
      throw new Error("cannot read at-old, rt-old: connection refused");
    };
    const error = await thrown(session.get("/me"));
    expect(error).toMatchObject({ code: "STORE_FAILED", retryable: true });
    expect(error.message).toContain("cannot read [redacted], [redacted]: connection refused");
    expect(example.server.requests).toHaveLength(0);
  });

  it("does not stop requests while the token is valid", async () => {
    await store.put(key, expiring(30).toJSON());
    const session = await stored();
    store.beforeGet = () => {
      throw new Error("down");
    };
    expect((await session.get("/me")).status).toBe(200);
  });

  it("throws STORE_LOCK_TIMEOUT where another process keeps the lock, and nothing is sent", async () => {
    await store.put(key, expiring(-1).toJSON());
    const session = await stored();
    let release = (): void => undefined;
    const over = new Promise<void>((resolve) => (release = resolve));
    const other = store.withLock(key, { waitMs: 1, holdMs: 1e9 }, () => over);
    const waiting = thrown(session.refresh());
    await until(() => store.locks === 2);
    await turns();
    clock.advance(30_000);
    expect(await waiting).toMatchObject({ code: "STORE_LOCK_TIMEOUT", retryable: true });
    release();
    await other;
    expect(example.server.requests).toHaveLength(0);
  });

  it("may fail a write that succeeded: the next read finds it", async () => {
    example.rotate("rt-old");
    await store.put(key, expiring(-1).toJSON());
    const told: string[] = [];
    const session = await stored(anotherProcess(), {
      onTokenUpdate: (next: Token) => void told.push(next.accessToken),
    });
    store.afterSet = () => {
      throw new Error("connection lost");
    };
    expect(await thrown(session.get("/me"))).toMatchObject({ code: "TOKEN_UPDATE_FAILED" });
    store.afterSet = () => undefined;
    expect((await session.get("/me")).status).toBe(200);
    expect(store.written).toEqual(["at-rotated-1"]);
    expect(told).toEqual(["at-rotated-1"]);
    expect(example.tokenRequests).toHaveLength(1);
  });
});

describe("a lock that is lost", () => {
  /** A process that is paused for some milliseconds just before it sends. */
  const pausing = (milliseconds: number) => {
    const refreshRequest = (value: TokenRequestHookValue): TokenRequestHookValue => {
      clock.advance(milliseconds);
      return value;
    };
    return example.client({ clock, hooks: { refreshRequest } });
  };

  it("stops the refresh before the refresh token is sent when the process was paused", async () => {
    example.rotate("rt-old");
    await store.put(key, expiring(-1).toJSON());
    const session = await stored(pausing(40_000));
    expect(await thrown(session.refresh())).toMatchObject({
      code: "STORE_LOCK_LOST",
      retryable: true,
    });
    expect(example.server.requests).toHaveLength(0);
    expect((await (await stored()).get("/me")).status).toBe(200);
  });

  it("is taken once more, and the token is used that another process has saved meanwhile", async () => {
    example.rotate("rt-old");
    await store.put(key, expiring(-1).toJSON());
    const session = await stored();
    const { withLock } = store;
    store.withLock = (name, limits, work) => {
      store.withLock = withLock;
      return withLock(name, limits, async ({ signal }) => {
        const isHeld = async (): Promise<boolean> => {
          await store.put(key, { ...expiring(3600).toJSON(), accessToken: "at-of-another" });
          return false;
        };
        return work({ signal, isHeld });
      });
    };
    await session.refresh();
    expect(session.token.accessToken).toBe("at-of-another");
    expect(example.tokenRequests).toHaveLength(0);
  });

  it("stops the refresh when less time is left than the request may take", async () => {
    example.rotate("rt-old");
    await store.put(key, expiring(-1).toJSON());
    const session = await stored(pausing(20_001));
    expect(await thrown(session.refresh())).toMatchObject({ code: "STORE_LOCK_LOST" });
    expect(example.tokenRequests).toHaveLength(0);
  });

  it("stops the refresh when only the store knows that the lock is lost", async () => {
    await store.put(key, expiring(-1).toJSON());
    const { withLock } = store;
    store.withLock = (name, limits, work) =>
      withLock(name, limits, ({ signal }) =>
        work({ signal, isHeld: () => Promise.resolve(false) }),
      );
    expect(await thrown((await stored()).get("/me"))).toMatchObject({ code: "STORE_LOCK_LOST" });
    expect(example.tokenRequests).toHaveLength(0);
  });
});

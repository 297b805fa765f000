import { beforeEach, describe, expect, it } from "@jest/globals";
import type { OAuth2Session, StoreLease } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { closedAfterAll } from "./support/running.ts";
import { thrown } from "./support/thrown.ts";
import { turns, until } from "./support/turns.ts";
import { WatchedStore } from "./support/watched-store.ts";

const key = "user-1";
const running = closedAfterAll();
let example: ExampleProvider;
let clock: FakeClock;
let store: WatchedStore;

beforeEach(async () => {
  example = await running(ExampleProvider.start());
  clock = new FakeClock();
  store = new WatchedStore({ clock });
  example.rotate("rt-old");
  await store.put(key, example.expiring(clock, -1).toJSON());
});

const anotherProcess = (options = {}): Promise<OAuth2Session> =>
  example.client({ clock, ...options }).storedSession({ store, key });

/** Lets time pass as it does: in steps between which everything else goes on. */
async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 500) {
    clock.advance(500);
    await turns(10);
  }
}

/** Makes the store give leases that are changed in some way. */
function changeLease(change: (lease: StoreLease) => StoreLease): void {
  const { withLock } = store;
  store.withLock = (name, limits, work) => withLock(name, limits, (lease) => work(change(lease)));
}

/** Makes the token endpoint wait before it answers. */
function holdAnswers(): () => void {
  const { token: rotating } = example;
  let go = (): void => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  example.token = (request, response) => held.then(() => rotating(request, response));
  return () => go();
}

describe("the lock of a refresh", () => {
  it("is held by leases of five seconds", async () => {
    const seen: number[] = [];
    const { withLock } = store;
    store.withLock = (name, limits, work) => {
      seen.push(limits.holdMs);
      return withLock(name, limits, work);
    };
    await (await anotherProcess({ timeout: 120_000 })).refresh();
    expect(seen).toEqual([5000]);
  });

  it("is kept by a living holder for as long as a slow provider needs", async () => {
    const go = holdAnswers();
    const options = { timeout: 60_000 };
    const [one, two] = [await anotherProcess(options), await anotherProcess(options)];
    const answers = [one.get("/me", { timeout: 1e6 }), two.get("/me", { timeout: 1e6 })];
    await until(() => example.tokenRequests.length === 1 && store.locks === 2);
    await pass(50_000);
    expect(example.tokenRequests).toHaveLength(1);
    go();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
    expect(example.tokenRequests).toHaveLength(1);
    expect(store.written).toEqual(["at-rotated-1"]);
  });

  it("is kept when the store fails to extend it now and then", async () => {
    const go = holdAnswers();
    let extensions = 0;
    changeLease((lease) => ({
      ...lease,
      extend: () => {
        extensions += 1;
        if (extensions % 3 === 0) throw new Error("connection lost");
        return lease.extend?.() ?? Promise.resolve(false);
      },
    }));
    const refreshed = (await anotherProcess({ timeout: 60_000 })).refresh();
    await until(() => example.tokenRequests.length === 1);
    await pass(20_000);
    expect(extensions).toBeGreaterThan(8);
    go();
    await refreshed;
  });

  it("leaves no timer behind", async () => {
    await (await anotherProcess()).refresh();
    await turns();
    expect(clock.pending).toBe(0);
    example.token = () => ({ status: 503 });
    await thrown((await anotherProcess()).refresh());
    expect(clock.pending).toBe(0);
  });

  it("is lost when the store does not extend it, and nothing is sent", async () => {
    changeLease((lease) => ({ ...lease, extend: () => Promise.resolve(false) }));
    expect(await thrown((await anotherProcess()).refresh())).toMatchObject({
      code: "STORE_LOCK_LOST",
      retryable: true,
    });
    expect(example.tokenRequests).toHaveLength(0);
  });

  it("is lost when the store's answer comes too late", async () => {
    changeLease((lease) => ({
      ...lease,
      extend: () => {
        clock.advance(5000);
        return Promise.resolve(true);
      },
    }));
    expect(await thrown((await anotherProcess()).refresh())).toMatchObject({
      code: "STORE_LOCK_LOST",
    });
    expect(example.tokenRequests).toHaveLength(0);
  });

  it("works with a store that cannot extend it", async () => {
    changeLease((lease) => ({ signal: lease.signal, isHeld: () => lease.isHeld() }));
    expect((await (await anotherProcess()).get("/me")).status).toBe(200);
  });

  it("is taken after everything that a refresh needs has been loaded", async () => {
    const order: string[] = [];
    const { withLock } = store;
    store.withLock = (name, limits, work) => {
      order.push("lock");
      return withLock(name, limits, work);
    };
    const http = {
      // Read when the HTTP stack is loaded.
      get timeout(): number {
        order.push("load");
        return 0;
      },
    };
    await (await anotherProcess({ http })).refresh();
    expect(order.indexOf("load")).toBeGreaterThanOrEqual(0);
    expect(order.lastIndexOf("load")).toBeLessThan(order.indexOf("lock"));
  });
});

it("a process that was paused past its lease does not overwrite the newer token", async () => {
  const paused = new FakeClock(clock.now());
  const answers: (() => void)[] = [];
  let count = 0;
  example.token = async () => {
    count += 1;
    const name = String(count);
    await new Promise<void>((resolve) => answers.push(resolve));
    example.accepted.add(`at-${name}`);
    const body = { access_token: `at-${name}`, token_type: "Bearer", refresh_token: `rt-${name}` };
    return { body };
  };
  const woken = (await anotherProcess({ clock: paused })).get("/me", { timeout: 1e6 });
  await until(() => answers.length === 1);
  const next = (await anotherProcess()).get("/me", { timeout: 1e6 });
  await until(() => store.locks === 2);
  await pass(5000);
  await until(() => answers.length === 2);
  answers[1]?.();
  expect((await next).status).toBe(200);
  answers[0]?.();
  expect((await woken).status).toBe(200);
  expect(store.written).toEqual(["at-2"]);
  expect(await store.accessToken(key)).toBe("at-2");
});
